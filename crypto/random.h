// The one source of randomness: getrandom(2) through libsodium.
//
// Thread safety: any thread.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/bytes.h"

namespace kerros::crypto {

void fill_random(MutableByteView out);

// Starts libsodium; every main and every test calls it once before anything else of this room.
// Ends the process when the kernel gives no randomness.
void start();

// A 16-byte time-ordered id: 48 bits of Unix milliseconds, then 80 random bits. In time order, so
// that records of one commit lie side by side in the store's tree.
std::array<std::uint8_t, 16> time_ordered_id(std::uint64_t unix_milliseconds);

}  // namespace kerros::crypto
