#include "crypto/whole_file.h"

#include <gtest/gtest.h>

#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::code_of;
using support::open_file;
using support::seal_file;

class WholeFile : public testing::TestWithParam<std::size_t> {
 protected:
  std::unique_ptr<Backend> backend_ = make_openssl_backend();
};

TEST_P(WholeFile, ComesBackAsItWas) {
  for (const Suite suite : {Suite::kAes256Gcm, Suite::kChaCha20Poly1305}) {
    const auto file = seal_file(*backend_, GetParam(), suite);
    EXPECT_EQ(open_file(*backend_, file.sealed, file.dek).value(), file.plain);
  }
}

TEST_P(WholeFile, ComesBackWhateverTheReaderGivesAtATime) {
  const auto file = seal_file(*backend_, GetParam());
  for (const std::size_t step : {1u, 511u, 513u, 16400u, 100000u})
    EXPECT_EQ(open_file(*backend_, file.sealed, file.dek, nullptr, step).value(), file.plain);
}

INSTANTIATE_TEST_SUITE_P(Sizes, WholeFile,
                         testing::Values(0, 1, 16383, 16384, 16385, 32768, 50000));

TEST(WholeFileErrors, OfTheReaderAndTheWriterPassThrough) {
  const auto backend = make_openssl_backend();
  const auto file = seal_file(*backend, 100);
  auto opener = Opener::make(*backend, decode_prefix(file.sealed).value(), file.dek).value();
  ByteView body = ByteView(file.sealed).subspan(512);
  const ReadSome broken = [](MutableByteView) -> Result<std::size_t> {
    return fail(ErrorCode::kUnavailable, "read");
  };
  const ReadSome sound = [&](MutableByteView out) -> Result<std::size_t> {
    const std::size_t size = std::min(out.size(), body.size());
    std::copy_n(body.begin(), size, out.begin());
    body = body.subspan(size);
    return size;
  };
  const WriteAll full = [](ByteView) -> Status { return fail(ErrorCode::kFull, "write"); };
  EXPECT_EQ(code_of(read_prefix(broken)), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(open_body(opener, broken, full)), ErrorCode::kUnavailable);
  EXPECT_EQ(code_of(open_body(opener, sound, full)), ErrorCode::kFull);
}

}  // namespace
}  // namespace kerros::crypto
