#include "gateway/transfer/seal_window.h"

#include <algorithm>
#include <cstring>

#include "crypto/format.h"

namespace kerros::transfer {

namespace format = crypto::format;

SealWindow::SealWindow(crypto::Sealer& sealer, MutableByteView buffer, std::uint64_t next_chunk,
                       Hashes hashes)
    : sealer_(sealer),
      buffer_(buffer),
      next_chunk_(next_chunk),
      first_chunk_(next_chunk),
      hashes_(hashes) {}

void SealWindow::put_sealed(ByteView bytes, Hash hash) {
  std::ranges::copy(bytes, buffer_.begin() + static_cast<std::ptrdiff_t>(ready_));
  ready_ += bytes.size();
  if (hash == Hash::kNow) hashes_.sealed.update(bytes);
}

bool SealWindow::full() const { return buffer_.size() - ready_ < format::kSealedChunkSize; }

MutableByteView SealWindow::space() {
  if (full()) return {};
  return buffer_.subspan(ready_ + fill_, format::kChunkSize - fill_);
}

Status SealWindow::filled(std::size_t bytes) {
  fill_ += bytes;
  return fill_ == format::kChunkSize ? seal(fill_) : Status{};
}

Status SealWindow::finish() { return seal(fill_); }

Status SealWindow::seal(std::size_t plain_size) {
  const auto plain = buffer_.subspan(ready_, plain_size);
  const auto sealed = buffer_.subspan(ready_, plain_size + format::kTagSize);
  hashes_.plain.update(plain);
  if (auto ok = sealer_.seal_chunk(next_chunk_, plain, sealed); !ok) return ok;
  hashes_.sealed.update(sealed);
  const auto tag = sealed.last(format::kTagSize);
  tags_.insert(tags_.end(), tag.begin(), tag.end());
  ready_ += sealed.size();
  fill_ = 0;
  ++next_chunk_;
  return {};
}

void SealWindow::clear() {
  std::memmove(buffer_.data(), buffer_.data() + ready_, fill_);
  ready_ = 0;
  first_chunk_ = next_chunk_;
  tags_.clear();
}

}  // namespace kerros::transfer
