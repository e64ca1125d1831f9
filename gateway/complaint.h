// What, why, what to do: the three sentences of every error that a person reads.
//
// An Error carries them as up to three lines of its detail, so that rooms below need no other type.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.h"

namespace kerros {

struct Complaint {
  std::string what;
  std::string why;   // may be empty
  std::string hint;  // may be empty
};

tl::unexpected<Error> complain(ErrorCode code, std::string_view what, std::string_view why,
                               std::string_view hint);
Complaint complaint_of(const Error& error);

// "kerros: error: ...", "kerros: why: ...", "kerros: hint: ...", each a line; empty ones left out.
std::string to_text(std::string_view program, const Complaint& complaint);

}  // namespace kerros
