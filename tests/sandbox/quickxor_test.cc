// Vectors of the documented algorithm, as rclone's tests and independent computation give them.
#include "tools/sandbox/quickxor.h"

#include <gtest/gtest.h>

#include "tools/sandbox/encoding.h"

namespace kerros::sandbox {
namespace {

std::string hash_of(std::string_view bytes) {
  QuickXor hash;
  hash.update(bytes);
  return hash.base64_digest();
}

TEST(QuickXorHash, EqualsTheKnownVectors) {
  const std::pair<const char*, const char*> kVectors[] = {
      {"", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
      {"Sg==", "SgAAAAAAAAAAAAAAAQAAAAAAAAA="},
      {"tbQ=", "taAFAAAAAAAAAAAAAgAAAAAAAAA="},
      {"jRRDVA==", "jaDAEKgAAAAAAAAABAAAAAAAAAA="},
      {"/aNzzCFPS/A=", "/RjFHJgRgicsAR4ACAAAAAAAAAA="},
      {"XoJ1AsoR4fDYJrDqYs4=", "XhBEHQSgjAiEAx7YPgEs1CEGZwA="},
      {"2fuxhBJXtpWFe8dOfdGeHw==", "O9tHLAghgSvYohKFyMMxnNCHaHg="},
      {"T6LYJIfDh81JrAK309H2JMJTXis=", "zBTHrspn3mEcohlJdIUAbjGNaNg="},
      {"Mb7EGva2rEE5fENDL85P+BsapHEEjv2/siVhKjvAQe02feExVOQSkfmuYzU/"
       "kTF1MaKjPmKF/w+cbvwfdWL8aQ==",
       "n1anP5NfvD4XDYWIeRPW3ZkPv1Y="},
  };
  for (const auto& [input, want] : kVectors) {
    EXPECT_EQ(hash_of(from_base64(input).value()), want) << input;
  }
}

TEST(QuickXorHash, EqualsTheLongVectorsHoweverTheInputIsCut) {
  std::string bytes(1'048'576, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 251);
  for (const std::size_t piece : {1UL, 7UL, 159UL, 160UL, 161UL, 4096UL, 1'048'576UL}) {
    QuickXor hash;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      hash.update(std::string_view(bytes).substr(at, piece));
    }
    EXPECT_EQ(hash.base64_digest(), "pVcWCkWK/HTa4DMyE2B1A1Y9XyM=") << piece;
  }
  EXPECT_EQ(hash_of(std::string(161, '\xFF')), "/wAAAAAAAAAAAAAAoQAAAAAAAAA=");
}

}  // namespace
}  // namespace kerros::sandbox
