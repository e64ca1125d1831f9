#include "tools/sandbox/quickxor.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {

void QuickXor::update(std::string_view bytes) {
  std::size_t lane = length_ % kLanes;
  length_ += bytes.size();
  const auto* in = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left > 0 && lane != 0; --left) {
    lanes_[lane] ^= *in++;
    lane = (lane + 1) % kLanes;
  }
  for (; left >= kLanes; left -= kLanes, in += kLanes) {
    for (std::size_t i = 0; i < kLanes; ++i) lanes_[i] ^= in[i];
  }
  for (; left > 0; --left) lanes_[lane++] ^= *in++;
}

std::string QuickXor::base64_digest() const {
  constexpr std::size_t kBits = 160;
  std::array<unsigned char, kBits / 8> out{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    for (std::size_t bit = 0; bit < 8; ++bit) {
      const unsigned value = (lanes_[lane] >> bit) & 1U;
      const std::size_t at = (11 * lane + bit) % kBits;
      out[at / 8] = static_cast<unsigned char>(out[at / 8] ^ (value << (at % 8)));
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    out[12 + i] = static_cast<unsigned char>(out[12 + i] ^ ((length_ >> (8 * i)) & 0xFF));
  }
  return base64({reinterpret_cast<const char*>(out.data()), out.size()});
}

QuickXor quickxor_file(const std::string& path) {
  QuickXor hash;
  std::ifstream file(path, std::ios::binary);
  std::vector<char> buffer(256 * 1024);
  while (file.read(buffer.data(), std::ssize(buffer)) || file.gcount() > 0) {
    hash.update({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  return hash;
}

}  // namespace kerros::sandbox
