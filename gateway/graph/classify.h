// From a request head to a route: what the exchange means, before anybody decides about it.
//
// The route table is the whole knowledge: what no row matches is kUnknown and refused. A row's
// pattern is a path after the version ("/me", "/users/*") or begins with a place that several of
// Graph's roots lead to: "{share}", "{container}", "{site}", "{list}", "{listItem}", "{drives}",
// "{drive}", "{item}". "*" stands for one segment, a final "**" for any number of them. Words
// compare with case.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/result.h"
#include "gateway/graph/head.h"
#include "gateway/graph/target.h"

namespace kerros::graph {

enum class Operation : std::uint8_t {
  kMetadata,       // JSON that holds no file content: me, sites, drives, permissions ...
  kReadItem,       // GET item: a driveItem whose size, hash and URLs are rewritten
  kListChildren,   // GET item/children: the same in an array with nextLink
  kListItems,      // delta, search, recent, sharedWithMe: driveItems in an array, other URLs
  kListRows,       // list items, whose fields repeat the size of the file they belong to
  kListFields,     // the fields of one list item alone
  kCreateChild,    // POST children: a folder; anything else is refused
  kReadContent,    // GET or HEAD item/content
  kWriteContent,   // PUT item/content
  kCreateSession,  // POST item/createUploadSession
  kCommitSession,  // PUT item with the uploadUrl of a whole session as its source
  kUpdateItem,     // PATCH item
  kDeleteItem,     // DELETE item
  kListVersions,   // GET item/versions, DELETE one: driveItemVersions
  kReadVersion,    // GET item/versions/N/content
  kRestore,        // POST restoreVersion, restore: an older state becomes the current one
  kCopy,           // POST item/copy: a new item with the same bytes
  kQuery,          // POST whose answer lists items of anywhere: /search/query
  kBatch,          // POST $batch: requests within a request
  kContentSide,    // would carry, derive or need content of the item: thumbnails, preview, ...
  kOwnUpload,      // the gateway's own upload URL
  kOwnDownload,    // the gateway's own download URL
  kOwnMonitor,     // the gateway's own URL of a copy under way
  kUnknown,        // not in the table, or in it as refused everywhere
};
std::string_view name(Operation operation);  // "read-content": for logs and `kerros policy routes`

struct RouteRow {
  Method method;
  std::string_view pattern;  // "{item}/content", "/me", "{item}/thumbnails/**"
  Operation operation;
  bool proves_caller;              // a 2xx or 302 of this request proves the bearer's claims
  std::string_view for_protected;  // what happens when the item is protected, in a few words
};
// The first row that matches decides.
std::span<const RouteRow> route_table();

struct Route {
  Operation operation = Operation::kUnknown;
  Method method = Method::kOther;  // after verb tunnelling: what goes upstream
  bool proves_caller = false;      // never through /shares, which can be read anonymously
  Target target;
  std::string own_token;     // with kOwnUpload and kOwnDownload; then only the raw parts of target
  std::string_view pattern;  // of the row that matched, for logs; never the target itself
  std::string_view for_protected;  // of that row
};

// The row for a target that is already read; `fields` are those of the request.
Route route_to(Method method, Target target, const Fields& fields);

// kMalformed: the request is refused as ambiguous (bad target, verb tunnelling, two framings ...).
Result<Route> classify(const RequestHead& head);

// The paths of the gateway's own URLs: "/kerros/upload/TOKEN", "/kerros/download/TOKEN",
// "/kerros/monitor/TOKEN". A TOKEN is base64url text.
inline constexpr std::string_view kOwnUploadPath = "/kerros/upload/";
inline constexpr std::string_view kOwnDownloadPath = "/kerros/download/";
inline constexpr std::string_view kOwnMonitorPath = "/kerros/monitor/";

}  // namespace kerros::graph
