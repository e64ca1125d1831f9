// Where the item of a request lies, as upstream tells this very caller.
//
// Thread safety: one coroutine. Errors: Relayed (upstream's 401, 403, 404 ... go to the client),
// Refused(kCannotPlace) for transient failures: never a guess.
#pragma once

#include <string>

#include "gateway/io/exchange/exchange.h"
#include "gateway/policy/places.h"

namespace kerros::io {

struct Identity {
  policy::Place place;
  std::string ctag;
  std::string etag;
  std::uint64_t size = 0;
  bool exists = false;
  bool is_folder = false;
  graph::FoundItem item;  // as upstream told it
};

// Where drives are found by their id on the host that this exchange is with.
inline std::string drives_root(const Exchange& x) {
  return x.front.kind == sharepoint::HostKind::kGraph ? "/v1.0/drives/" : "/_api/v2.0/drives/";
}

// What a look-up is to tell, as a query.
inline constexpr std::string_view kIdentityFields =
    "?$select=id,name,size,cTag,eTag,file,folder,package,root,parentReference";
Identity identity_of(const graph::FoundItem& item);

// Asks for the item of the request itself. A 404 gives exists = false.
net::awaitable<Identity> look_up(Exchange& x);

// The same for the item that a target of our own leads to, without a query.
net::awaitable<Identity> look_up_at(Exchange& x, std::string target);

// Upstream knows this caller by his token: it said so in this exchange already, or says so now of
// the item at its own address, which no link opens. Nothing is opened for whom nothing proves:
// Refused(kUnauthenticated).
net::awaitable<void> require_proof(Exchange& x, const std::string& drive_id,
                                   const std::string& item_id);

// Where a write will land. Paths that a rule protects are believed as the URL spells them; a place
// that looks ordinary is asked for, since a shortcut may lead elsewhere.
net::awaitable<policy::Place> place_for_write(Exchange& x);

// How the audit log names the place of a write.
std::string audit_target(const Exchange& x, const policy::Place& place);

}  // namespace kerros::io
