#include "gateway/transfer/open_window.h"

namespace kerros::transfer {

Result<ByteView> OpenWindow::open(crypto::Last last) {
  const auto sealed = buffer_.first(fill_);
  if (sealed.size() < crypto::format::kTagSize)
    return fail(ErrorCode::kTruncated, "the sealed bytes end inside a chunk's tag");
  const auto plain = buffer_.first(sealed.size() - crypto::format::kTagSize);
  if (auto ok = opener_.open_chunk(chunk_, last, sealed, plain); !ok)
    return tl::unexpected(ok.error());
  ++chunk_;
  fill_ = 0;
  return ByteView(plain);
}

}  // namespace kerros::transfer
