#include "gateway/policy/fold.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "gateway/graph/percent.h"

namespace kerros::policy {
namespace {

// A run of capitals: every `step`th code point from first to last moves by `shift`.
struct Run {
  char32_t first, last;
  unsigned step;
  int shift;
};
constexpr std::array<Run, 36> kRuns{{
    {U'A', U'Z', 1, 32},        {0xb5, 0xb5, 1, 0x307},     {0xc0, 0xd6, 1, 32},
    {0xd8, 0xde, 1, 32},        {0x100, 0x12e, 2, 1},       {0x132, 0x136, 2, 1},
    {0x139, 0x147, 2, 1},       {0x14a, 0x176, 2, 1},       {0x178, 0x178, 1, -121},
    {0x179, 0x17d, 2, 1},       {0x17f, 0x17f, 1, -268},    {0x370, 0x372, 2, 1},
    {0x376, 0x376, 1, 1},       {0x37f, 0x37f, 1, 116},     {0x386, 0x386, 1, 38},
    {0x388, 0x38a, 1, 37},      {0x38c, 0x38c, 1, 64},      {0x38e, 0x38f, 1, 63},
    {0x391, 0x3a1, 1, 32},      {0x3a3, 0x3ab, 1, 32},      {0x3c2, 0x3c2, 1, 1},
    {0x3cf, 0x3cf, 1, 8},       {0x3d0, 0x3d0, 1, -30},     {0x3d1, 0x3d1, 1, -25},
    {0x3d8, 0x3ee, 2, 1},       {0x400, 0x40f, 1, 80},      {0x410, 0x42f, 1, 32},
    {0x460, 0x480, 2, 1},       {0x48a, 0x4be, 2, 1},       {0x4c0, 0x4c0, 1, 15},
    {0x4c1, 0x4cd, 2, 1},       {0x4d0, 0x52e, 2, 1},       {0x1e00, 0x1e94, 2, 1},
    {0x1e9e, 0x1e9e, 1, -7615}, {0x212a, 0x212a, 1, -8383}, {0x212b, 0x212b, 1, -8262},
}};

char32_t fold_one(char32_t c) {
  const auto run = std::ranges::upper_bound(kRuns, c, {}, &Run::first);
  if (run == kRuns.begin()) return c;
  const Run& candidate = *std::prev(run);
  if (c > candidate.last || (c - candidate.first) % candidate.step != 0) return c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + candidate.shift);
}

}  // namespace

std::u32string fold(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = graph::utf8_length(text);
    const auto lead = static_cast<unsigned char>(text[0]);
    char32_t c = 0xdc00 + lead;
    if (length == 1) {
      c = lead;
    } else if (length > 1) {
      c = lead & (0x7fU >> length);
      for (std::size_t i = 1; i < length; ++i)
        c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
    }
    out.push_back(fold_one(c));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace kerros::policy
