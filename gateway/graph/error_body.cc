#include "gateway/graph/error_body.h"

#include <nlohmann/json.hpp>

namespace kerros::graph {
namespace {

struct Row {
  std::string_view name;
  unsigned status;
  std::string_view code;
  std::string_view inner;     // innerError.code; empty: none
  std::string_view sentence;  // what, why, what to do
  unsigned retry_after_s = 0;
  bool close = false;
};

constexpr std::size_t kLongestExtra = 200;
constexpr unsigned kSoon = 2;    // a slot or a placing answer comes back within seconds
constexpr unsigned kLater = 30;  // an operator or a disk is needed

// One row for every failed authentication, so that the answers cannot be told apart. The status is
// one that clients do not repeat: asking again cannot help, and 5xx would make them loop.
constexpr Row kNotAuthenticRow{
    "not-authentic", 409, "kerrosNotAuthentic", "",
    "The stored file failed its authenticity check and was not delivered. It was changed, replaced "
    "or put back outside the gateway. Ask your administrator to look at the item's history."};

constexpr Row named(Row row, std::string_view name) {
  row.name = name;
  return row;
}

Row row_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::kMalformedRequest:
      return {"malformed-request",
              400,
              "invalidRequest",
              "",
              "The request could not be understood. Its form breaks the protocol. Correct the "
              "request and send it again.",
              0,
              true};
    case Refusal::kAmbiguousTarget:
      return {"ambiguous-target", 400, "invalidRequest", "invalidPath",
              "The request can be read in more than one way and was refused. Send its address "
              "without dot segments, doubled slashes or faulty escapes, and the length of its body "
              "once."};
    case Refusal::kBatchMalformed:
      return {"batch-malformed", 400, "BadRequest", "",
              "The batch was refused as a whole and none of its requests was carried out. Correct "
              "it, or send the requests one by one."};
    case Refusal::kDependencyFailed:
      return {"dependency-failed", 424, "failedDependency", "",
              "The request was not carried out, because one that it depends on failed. Send it "
              "again when that one has succeeded."};
    case Refusal::kMisdirected:
      return {"misdirected", 421, "invalidRequest", "",
              "The address in the request names another host than this one. Send it to that host, "
              "or leave the host out."};
    case Refusal::kUnauthenticated:
      return {"unauthenticated", 401, "InvalidAuthenticationToken", "",
              "The request carries no valid access token, or its link has expired. Sign in again, "
              "or ask for a new link."};
    case Refusal::kNotAllowed:
      return {"not-allowed", 403, "accessDenied", "",
              "The organisation's encryption policy does not allow this for a protected item. "
              "Ask your administrator."};
    case Refusal::kUnknownRoute:
      return {"unknown-route", 403, "accessDenied", "",
              "This request is not one the encryption gateway knows, and it could carry protected "
              "content past it. Use another interface of the service, or ask your administrator."};
    case Refusal::kContentSide:
      return {"content-side", 406, "notSupported", "",
              "The cloud service cannot do this for a protected item, because it would need the "
              "file's plaintext and holds only ciphertext. Download the file instead."};
    case Refusal::kNotFound:
      return {"not-found", 404, "itemNotFound", "",
              "The resource could not be found. It was moved or deleted, or its link has expired. "
              "List its folder, or ask for a new link."};
    case Refusal::kSessionNotFound:
      return {"session-not-found", 404, "itemNotFound", "uploadSessionNotFound",
              "The upload session was not found. It has ended, was cancelled or has expired. "
              "Create a new upload session."};
    case Refusal::kNotAuthentic:
      return kNotAuthenticRow;
    case Refusal::kDowngraded:
      return named(kNotAuthenticRow, "downgraded");
    case Refusal::kForeignCopy:
      return named(kNotAuthenticRow, "foreign-copy");
    case Refusal::kRollback:
      return named(kNotAuthenticRow, "rollback");
    case Refusal::kNameTaken:
      return {"name-taken", 409, "nameAlreadyExists", "",
              "Every byte of the session is stored, but the name of its file is taken. Commit the "
              "session under another name, or cancel it."};
    case Refusal::kNameBlocked:
      return {"name-blocked", 409, "nameAlreadyExists", "",
              "An upload session of this name was begun, and its address was lost when the "
              "gateway or a connection ended. The cloud service ends it by itself."};
    case Refusal::kStoredDiffers:
      return {"stored-differs", 409, "kerrosStoredDiffers", "",
              "The cloud service stored something else than was sent, so the upload does not "
              "count. Upload the file again; if that repeats, ask your administrator."};
    case Refusal::kFragmentMalformed:
      return {"fragment-malformed", 400, "invalidRequest", "",
              "The Content-Range header is missing or malformed, or does not fit the body. Correct "
              "the fragment and send it again."};
    case Refusal::kFragmentOverlap:
      return {"fragment-overlap", 416, "invalidRange", "fragmentOverlap",
              "The fragment overlaps with bytes already received. Ask for the session's status and "
              "go on at its next expected range."};
    case Refusal::kFragmentOutOfOrder:
      return {"fragment-out-of-order", 416, "invalidRange", "fragmentOutOfOrder",
              "The fragment leaves a gap after the bytes already received. Ask for the session's "
              "status and go on at its next expected range."};
    case Refusal::kFragmentDiffers:
      return {"fragment-differs", 409, "resourceModified", "",
              "The fragment repeats a range with other bytes than before, so the upload session "
              "was ended. The file changed while it was sent; create a new upload session."};
    case Refusal::kLengthRequired:
      return {"length-required",
              411,
              "invalidRequest",
              "",
              "The request needs a Content-Length. Send it with the length of its body.",
              0,
              true};
    case Refusal::kTooLarge:
      return {"too-large",
              413,
              "invalidRequest",
              "maxFileSizeExceeded",
              "The file or body is larger than the service can hold. Send less.",
              0,
              true};
    case Refusal::kHeadTooLarge:
      return {"head-too-large",
              431,
              "invalidRequest",
              "",
              "The head of the request is too large. Send fewer or shorter header fields.",
              0,
              true};
    case Refusal::kRangeNotSatisfiable:
      return {"range-not-satisfiable", 416, "invalidRange", "",
              "The range begins behind the end of the file. Ask for a range within its size."};
    case Refusal::kAnswerTooLarge:
      return {"answer-too-large", 502, "generalException", "",
              "The answer of the cloud service is larger than the gateway rewrites in one piece. "
              "Ask for smaller pages, for example with $top."};
    case Refusal::kUpstreamUnreachable:
      return {"upstream-unreachable", 502, "badGateway", "",
              "The cloud service could not be reached. Try again in a while."};
    case Refusal::kUpstreamMalformed:
      return {"upstream-malformed", 502, "badGateway", "",
              "The cloud service gave an answer that could not be understood, so it was not passed "
              "on. Try again in a while."};
    case Refusal::kCannotPlace:
      return {"cannot-place",
              503,
              "serviceNotAvailable",
              "",
              "It could not be found out just now whether the item is protected, so the request "
              "was not carried out. Try again in a moment.",
              kSoon};
    case Refusal::kStoreUnavailable:
      return {"store-unavailable",
              503,
              "serviceNotAvailable",
              "",
              "The key store is not available, so protected items cannot be read or written. Try "
              "again later, or ask your administrator.",
              kLater};
    case Refusal::kSpoolFull:
      return {
          "spool-full",
          503,
          "serviceNotAvailable",
          "",
          "The gateway has no room left for uploads that wait for their end. Try again later; an "
          "upload of unknown length needs less room with a Content-Length.",
          kLater};
    case Refusal::kStoreFull:
      return {"store-full",
              503,
              "serviceNotAvailable",
              "",
              "The key store is full, so no new file can be protected. Ask your administrator to "
              "make room.",
              kLater};
    case Refusal::kLogUnavailable:
      return {"log-unavailable",
              503,
              "serviceNotAvailable",
              "",
              "The audit log cannot be written, so protected items cannot be read or written. Ask "
              "your administrator.",
              kLater};
    case Refusal::kBusy:
      return {"busy",
              503,
              "serviceNotAvailable",
              "",
              "The gateway is carrying as many transfers as it can. Try again in a moment.",
              kSoon};
    case Refusal::kTimeout:
      return {"timeout",
              408,
              "invalidRequest",
              "",
              "The request did not arrive in time. Send it again.",
              0,
              true};
    case Refusal::kInternal:
      return {"internal", 500, "generalException", "",
              "The gateway failed while handling the request. Try again, and tell your "
              "administrator the request id if it repeats."};
  }
  return {"internal", 500, "generalException", "", "The gateway failed."};
}

}  // namespace

std::string_view name(Refusal refusal) { return row_of(refusal).name; }

std::string sentence(Refusal refusal, std::string_view extra) {
  const Row row = row_of(refusal);
  std::string message(row.sentence);
  // The four must stay indistinguishable, whatever the caller would like to add.
  if (!extra.empty() && row.code != kNotAuthenticRow.code)
    message.append(" ").append(extra.substr(0, kLongestExtra));
  return message;
}

ErrorAnswer error_answer(Refusal refusal, std::string_view request_id, std::string_view extra) {
  using Json = nlohmann::ordered_json;
  const Row row = row_of(refusal);
  Json inner = Json::object();
  if (!row.inner.empty()) inner["code"] = row.inner;
  inner["request-id"] = request_id;
  const Json body{
      {"error",
       {{"code", row.code}, {"message", sentence(refusal, extra)}, {"innerError", inner}}}};
  return {row.status, body.dump(-1, ' ', false, Json::error_handler_t::replace), row.retry_after_s,
          row.close};
}

}  // namespace kerros::graph
