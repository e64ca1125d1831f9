#include "crypto/result.h"

namespace kerros {

const char* name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTruncated:
      return "truncated";
    case ErrorCode::kTrailingData:
      return "trailing-data";
    case ErrorCode::kNotAuthentic:
      return "not-authentic";
    case ErrorCode::kUnknownVersion:
      return "unknown-version";
    case ErrorCode::kMalformed:
      return "malformed";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kFull:
      return "full";
  }
  return "unknown";
}

}  // namespace kerros
