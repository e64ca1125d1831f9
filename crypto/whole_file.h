// Opens a whole sealed file from front to back, in the memory of one chunk.
//
// For tools and checks, which have a file in hand; transfers drive an Opener themselves. What was
// written before an error is authentic but not complete: the caller throws it away.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <functional>

#include "crypto/opener.h"

namespace kerros::crypto {

// Fills a part of the buffer and says how much; 0 only at the end of the file.
using ReadSome = std::function<Result<std::size_t>(MutableByteView)>;
using WriteAll = std::function<Status(ByteView plain)>;

// Takes exactly the prefix off the reader. kTruncated, kMalformed, kUnknownVersion.
Result<Prefix> read_prefix(const ReadSome& read);

// Opens every chunk that follows and gives the plain size. Errors of both callbacks pass through.
Result<std::uint64_t> open_body(Opener& opener, const ReadSome& read, const WriteAll& write);

}  // namespace kerros::crypto
