// From a request head to a route: what the exchange means, before anybody decides about it.
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
  kCreateChild,    // POST children: a folder; anything else is refused
  kReadContent,    // GET or HEAD item/content
  kWriteContent,   // PUT item/content
  kCreateSession,  // POST item/createUploadSession
  kUpdateItem,     // PATCH item
  kDeleteItem,     // DELETE item
  kContentSide,    // would carry, derive or need content of the item: thumbnails, preview, ...
  kOwnUpload,      // the gateway's own upload URL
  kOwnDownload,    // the gateway's own download URL
  kUnknown,        // not in the table
};

struct RouteRow {
  Method method;
  std::string_view pattern;  // "{item}/content", "/me", "{item}/thumbnails/**"
  Operation operation;
  bool proves_caller;        // a 2xx or 302 of this request proves the bearer's claims
  std::string_view for_protected;  // what happens when the item is protected, in a few words
};
std::span<const RouteRow> route_table();

struct Route {
  Operation operation = Operation::kUnknown;
  bool proves_caller = false;
  Target target;
  std::string own_token;  // with kOwnUpload and kOwnDownload
  std::string_view pattern;  // of the row that matched, for logs; never the target itself
};

// kMalformed: the request is refused as ambiguous (bad target, verb tunnelling, two framings ...).
Result<Route> classify(const RequestHead& head);

// The paths of the gateway's own URLs: "/kerros/upload/TOKEN", "/kerros/download/TOKEN".
inline constexpr std::string_view kOwnUploadPath = "/kerros/upload/";
inline constexpr std::string_view kOwnDownloadPath = "/kerros/download/";

}  // namespace kerros::graph
