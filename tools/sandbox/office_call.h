// One request to the tenant hosts' older interfaces: REST, WebDAV, files by their URL, CSOM.
//
// Thread safety: as its exchange; what names items needs the store's lock.
#pragma once

#include "tools/sandbox/caller.h"
#include "tools/sandbox/exchange.h"
#include "tools/sandbox/query.h"
#include "tools/sandbox/server_path.h"

namespace kerros::sandbox {

struct OfficeCall {
  Exchange& exchange;
  Caller caller;
  std::string path;  // as received, without the query
  Query query;

  Store& store() const { return exchange.cloud.store; }
  const std::string& host() const { return exchange.head.host; }
  std::string header(std::string_view name) const { return exchange.head.find(name).value_or(""); }
};

// Who calls is asked as identify_on_tenant() does. Throws Refusal 401.
OfficeCall understand_office(Exchange& exchange);
// Whether the target is one of these interfaces' own, or else a file's.
Reply serve_office(Exchange& exchange);

// The place, if the caller may reach it. Throws Refusal 403, and 404 where no library is.
ServerPlace reach(const OfficeCall& call, ServerPlace place);
void reach(const OfficeCall& call, const Item& item);

Reply serve_rest(OfficeCall& call, std::string_view after_api);
Reply serve_webdav(OfficeCall& call);
Reply serve_csom(OfficeCall& call);
Reply serve_push(OfficeCall& call);      // long polls and WebSockets
Reply serve_file(OfficeCall& call);      // GET and HEAD by the file's own URL
Reply serve_download(OfficeCall& call);  // download.aspx with UniqueId= or SourceUrl=, and no proof

// Bytes for a file at a place; true when it is new. Throws Refusal.
bool store_file(OfficeCall& call, const ServerPlace& place, const Arrived& bytes);
Arrived no_bytes(OfficeCall& call);

}  // namespace kerros::sandbox
