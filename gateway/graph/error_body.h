// The one place where a failure becomes a status, a Graph error code and a sentence.
//
// A sentence says what happened, why, and what to do; nothing of the inside (keys, paths on disk,
// upstream URLs, stack) is in it.
// Thread safety: pure functions. Source: graph documentation, errors; RFC 9110 15.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kerros::graph {

enum class Refusal : std::uint8_t {
  kMalformedRequest,     // 400 invalidRequest
  kAmbiguousTarget,      // 400 invalidRequest
  kBatchMalformed,       // 400 BadRequest: `extra` says which rule it breaks
  kDependencyFailed,     // 424 failedDependency: inside a batch
  kMisdirected,          // 421: the request names another host than this door
  kUnauthenticated,      // 401 InvalidAuthenticationToken
  kNotAllowed,           // 403 accessDenied: by policy
  kUnknownRoute,         // 403 accessDenied: could carry protected content
  kContentSide,          // 406 notSupported: the cloud cannot read the file
  kNotFound,             // 404 itemNotFound
  kSessionNotFound,      // 404 itemNotFound, inner uploadSessionNotFound
  kNotAuthentic,         // 409 kerrosNotAuthentic, one text for every failed authentication; no
                         // `extra` is added, so that the four cannot be told apart
  kDowngraded,           // the same status and text
  kForeignCopy,          // the same status and text
  kRollback,             // the same status and text
  kNameTaken,            // 409 nameAlreadyExists: a whole session could not become the file
  kNameBlocked,          // 409 nameAlreadyExists: by a session whose address was lost
  kStoredDiffers,        // 409 kerrosStoredDiffers: upstream stored something else than was sent
  kFragmentMalformed,    // 400 invalidRequest
  kFragmentOverlap,      // 416 invalidRange, inner fragmentOverlap
  kFragmentOutOfOrder,   // 416 invalidRange, inner fragmentOutOfOrder
  kFragmentDiffers,      // 409: repeated with other bytes, the session is void
  kLengthRequired,       // 411
  kTooLarge,             // 413 invalidRequest, inner maxFileSizeExceeded
  kHeadTooLarge,         // 431
  kRangeNotSatisfiable,  // 416
  kAnswerTooLarge,       // 502
  kUpstreamUnreachable,  // 502 badGateway
  kUpstreamMalformed,    // 502
  kCannotPlace,          // 503 + Retry-After
  kStoreUnavailable,     // 503 + Retry-After: sealed, locked, write failed
  kSpoolFull,            // 503 + Retry-After: sealed bytes that wait here have no more room
  kStoreFull,       // 503 + Retry-After; not 507, which says that the user's own quota is spent
  kLogUnavailable,  // 503: the audit log cannot be written
  kBusy,            // 503: transfer slots in use
  kTimeout,         // 408
  kInternal,        // 500
};

struct ErrorAnswer {
  unsigned status = 500;
  std::string body;            // the Graph error envelope, one line of JSON
  unsigned retry_after_s = 0;  // 0: no Retry-After field
  bool close = false;          // the connection cannot be used further
};

// `request_id` is echoed in innerError; `extra` (may be empty) adds one sentence of context that
// the caller already knows (a header's value, a size); it is escaped and cut to 200 octets.
ErrorAnswer error_answer(Refusal refusal, std::string_view request_id, std::string_view extra = {});
// The message of that body alone, for answers in another form.
std::string sentence(Refusal refusal, std::string_view extra = {});
std::string_view name(Refusal refusal);  // "store-full": for logs, metrics and the audit log

}  // namespace kerros::graph
