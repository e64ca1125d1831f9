#include "crypto/bytes.h"

#include <gtest/gtest.h>

namespace kerros {
namespace {

TEST(Bytes, StoresIntegersBigEndian) {
  std::array<std::uint8_t, 8> out{};
  store_be(out, std::uint64_t{0x0102030405060708});
  EXPECT_EQ(to_hex(out), "0102030405060708");
  EXPECT_EQ(load_be<std::uint64_t>(out), 0x0102030405060708u);
  EXPECT_EQ(load_be<std::uint16_t>(ByteView(out).subspan(2)), 0x0304u);
}

TEST(Bytes, KeepsTheTopBitThroughStoreAndLoad) {
  std::array<std::uint8_t, 2> out{};
  store_be(out, std::uint16_t{0xff80});
  EXPECT_EQ(load_be<std::uint16_t>(out), 0xff80u);
  EXPECT_EQ(load_be<std::uint8_t>(out), 0xffu);
}

// RFC 4648 section 10.
TEST(Base64, GivesTheTextsOfItsSpecification) {
  EXPECT_EQ(to_base64(as_bytes("")), "");
  EXPECT_EQ(to_base64(as_bytes("f")), "Zg==");
  EXPECT_EQ(to_base64(as_bytes("fo")), "Zm8=");
  EXPECT_EQ(to_base64(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(to_base64url(as_bytes("f")), "Zg");
  const Bytes high = {0xfb, 0xff};
  EXPECT_EQ(to_base64(high), "+/8=");
  EXPECT_EQ(to_base64url(high), "-_8");
}

TEST(Base64, ReadsBackWhatItWrote) {
  EXPECT_EQ(from_base64("Zm8="), Bytes({'f', 'o'}));
  EXPECT_EQ(from_base64url("-_8"), Bytes({0xfb, 0xff}));
  EXPECT_EQ(from_base64(""), Bytes());
}

TEST(Base64, RefusesEveryByteOutsideItsAlphabet) {
  const std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text{'A', 'A', 'A', static_cast<char>(byte)};
    const bool fit = letters.find(text[3]) != std::string_view::npos || text[3] == '=';
    EXPECT_EQ(from_base64(text).has_value(), fit) << byte;
  }
}

TEST(Base64, RefusesASecondTextForOneValue) {
  for (const char* text : {"Zm9=", "Zm8", "Zm8=\n", " Zm8=", "Zm8==", "Z", "+/8", "_-8="})
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  for (const char* text : {"Zg==", "Zh", "+/8", "Z"})
    EXPECT_FALSE(from_base64url(text).has_value()) << text;
}

TEST(Hex, ReadsBothCasesAndWritesLowerCase) {
  std::array<std::uint8_t, 3> out{};
  ASSERT_TRUE(from_hex("00fFa5", out));
  EXPECT_EQ(to_hex(out), "00ffa5");
}

TEST(Hex, RefusesTextThatDoesNotFillTheBytes) {
  std::array<std::uint8_t, 2> out{};
  for (const char* text : {"", "00", "000", "000000", "00g0", "0x00", "00 0"})
    EXPECT_FALSE(from_hex(text, out)) << text;
}

}  // namespace
}  // namespace kerros
