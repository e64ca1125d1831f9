// Result<T>: a value or an Error that tells the caller which action is possible.
//
// A code says what can be done, never which line failed; `detail` is for operators and the audit
// log and never leaves the building. kNotAuthentic has one meaning and one text outside.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace kerros {

enum class ErrorCode {
  kTruncated,       // fewer bytes than the form demands: the file was cut
  kTrailingData,    // bytes follow the end of the form
  kNotAuthentic,    // any failed authentication: commitment, tag, MAC, wrap
  kUnknownVersion,  // a version, suite or flag this build does not know
  kMalformed,       // bytes or text that no version could have written
  kNotFound,        // no such key, item, session
  kConflict,        // the precondition does not hold: it exists, it moved, it differs
  kUnavailable,     // try again later or after an operator acted: sealed, locked, I/O failed
  kFull,            // a bound was reached: map, disk, pool, locked memory
};

struct Error {
  ErrorCode code;
  std::string detail;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(detail)});
}

const char* name(ErrorCode code);  // "not-authentic": the verdict names of tests/vectors

}  // namespace kerros
