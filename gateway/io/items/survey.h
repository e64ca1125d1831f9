// Which files a copy or a move is about: those sealed here, and ordinary ones.
//
// Thread safety: one coroutine. Errors: Relayed, Refused (also for folders that hold more than can
// be looked at).
#pragma once

#include <string>
#include <vector>

#include "gateway/graph/session_json.h"
#include "gateway/io/exchange/exchange.h"
#include "gateway/io/exchange/place.h"

namespace kerros::io {

struct Surveyed {
  struct File {
    std::string path;  // relative to the item: "" for the item itself, "/A/b.txt" below a folder
    std::unique_ptr<keystore::ItemRecord> record;  // that speaks for it; nullptr: ordinary
  };
  std::vector<File> files;
  bool any_sealed() const;
};
// The item itself, or everything below it.
net::awaitable<Surveyed> survey(Exchange& x, const Identity& item);

// The folder that a request body names with parentReference, and the name there.
struct Destination {
  std::string drive_id;
  std::string folder;  // path from the drive's root, "/" for the root
  std::string name;
  std::string path() const { return (folder == "/" ? "" : folder) + "/" + name; }
};
// `item` is where it is now: what the body leaves out stays.
net::awaitable<Destination> destination_of(Exchange& x, const graph::ItemRequest& asked,
                                           const Identity& item);

// Nothing of it may come to lie unsealed in a protected place; throws Refused(kNotAllowed). `from`:
// what is moved from one protected place to another was there before, and may stay as it is.
void require_sealed(const Exchange& x, const Surveyed& surveyed, const Destination& to,
                    const policy::Place* from);

}  // namespace kerros::io
