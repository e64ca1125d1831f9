#include "crypto/random.h"

#include <sodium.h>

#include <algorithm>

#include "crypto/check.h"

namespace kerros::crypto {

void fill_random(MutableByteView out) {
  if (out.empty()) return;  // libsodium takes no null pointer
  randombytes_buf(out.data(), out.size());
}

void start() {
  KERROS_CHECK(sodium_init() >= 0, "libsodium did not start: the kernel gives no randomness");
}

std::array<std::uint8_t, 16> time_ordered_id(std::uint64_t unix_milliseconds) {
  std::array<std::uint8_t, 16> id{};
  std::array<std::uint8_t, 8> time{};
  store_be(time, unix_milliseconds);
  std::copy(time.begin() + 2, time.end(), id.begin());
  fill_random(MutableByteView(id).subspan(6));
  return id;
}

}  // namespace kerros::crypto
