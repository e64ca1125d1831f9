#include "crypto/whole_file.h"

#include <algorithm>

#include "crypto/secret.h"

namespace kerros::crypto {
namespace {

// Fewer bytes than asked for mean that the file ended.
Result<std::size_t> read_up_to(const ReadSome& read, MutableByteView out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const auto got = read(out.subspan(filled));
    if (!got) return got;
    if (*got == 0) break;
    filled += *got;
  }
  return filled;
}

struct WipedBuffer {
  Bytes bytes = Bytes(format::kSealedChunkSize);
  ~WipedBuffer() { wipe(bytes); }
};

}  // namespace

Result<Prefix> read_prefix(const ReadSome& read) {
  PrefixBytes bytes{};
  const auto got = read_up_to(read, bytes);
  if (!got) return tl::unexpected(got.error());
  return decode_prefix(ByteView(bytes).first(*got));
}

Result<std::uint64_t> open_body(Opener& opener, const ReadSome& read, const WriteAll& write) {
  WipedBuffer buffer;
  std::uint64_t plain_size = 0;
  for (std::uint64_t number = 0;; ++number) {
    const auto got = read_up_to(read, buffer.bytes);
    if (!got) return tl::unexpected(got.error());
    // Only the final chunk is short, so the end of the file needs no look ahead.
    const Last last = *got < format::kSealedChunkSize ? Last::kYes : Last::kNo;
    const MutableByteView sealed = MutableByteView(buffer.bytes).first(*got);
    const MutableByteView plain =
        sealed.first(*got - std::min<std::size_t>(*got, format::kTagSize));
    if (auto opened = opener.open_chunk(number, last, sealed, plain); !opened)
      return tl::unexpected(opened.error());
    if (auto written = write(plain); !written) return tl::unexpected(written.error());
    plain_size += plain.size();
    if (last == Last::kYes) return plain_size;
  }
}

}  // namespace kerros::crypto
