// What the exit code of `kerros` says. Scripts and monitors depend on it: never renumber.
#pragma once

#include <utility>

#include "crypto/result.h"

namespace kerros::tools {

enum class ExitCode : int {
  kDone = 0,          // everything asked for was done
  kFailed = 1,        // it was tried and failed, or `status` warns
  kUsage = 2,         // the command line or the configuration cannot be understood
  kRefused = 3,       // a policy says no
  kNotAuthentic = 4,  // bytes are not what was sealed, signed or last seen
  kUnavailable = 5,   // sealed, locked, not running or full: an operator must act first
  kNotFound = 6,      // no such file, item, key or installation
  kConflict = 7,      // it exists already, or somebody else holds it
};

inline ExitCode exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotAuthentic:
      return ExitCode::kNotAuthentic;
    case ErrorCode::kUnavailable:
    case ErrorCode::kFull:
      return ExitCode::kUnavailable;
    case ErrorCode::kNotFound:
      return ExitCode::kNotFound;
    case ErrorCode::kConflict:
      return ExitCode::kConflict;
    case ErrorCode::kTruncated:
    case ErrorCode::kTrailingData:
    case ErrorCode::kUnknownVersion:
    case ErrorCode::kMalformed:
      return ExitCode::kFailed;
  }
  return ExitCode::kFailed;
}

// An error with the exit code it ends the command with.
struct Failure {
  Failure(Error e) : error(std::move(e)), code(exit_code(error.code)) {}
  Failure(Error e, ExitCode c) : error(std::move(e)), code(c) {}
  Error error;
  ExitCode code;
};
using Outcome = tl::expected<ExitCode, Failure>;

}  // namespace kerros::tools
