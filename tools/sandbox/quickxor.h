// QuickXorHash, the content hash of OneDrive and SharePoint: this program's own reading of it.
//
// 160 bits, zero at first. Byte i goes in at bit (11 * i) mod 160, least significant bit first,
// wrapping; the length, as 64 bits little-endian, is XORed over output bytes 12..19. Bytes 160
// apart land on the same bit, so the input is folded into 160 lanes by wide XOR and turned into
// bits only at the end. Thread safety: one owner.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace kerros::sandbox {

class QuickXor {
 public:
  void update(std::string_view bytes);
  std::uint64_t length() const { return length_; }
  std::string base64_digest() const;  // of everything so far

 private:
  static constexpr std::size_t kLanes = 160;
  std::array<unsigned char, kLanes> lanes_{};
  std::uint64_t length_ = 0;
};

// Of a whole file; its length comes with it.
QuickXor quickxor_file(const std::string& path);

}  // namespace kerros::sandbox
