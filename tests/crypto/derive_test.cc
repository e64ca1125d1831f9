#include "crypto/derive.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/hkdf.h"
#include "tests/support/sealed_file.h"

namespace kerros::crypto {
namespace {

using support::noise;
using support::noise_array;

constexpr std::array kPurposes = {Purpose::kKekWrap,   Purpose::kRecordMac, Purpose::kMetadata,
                                  Purpose::kUrlToken,  Purpose::kSession,   Purpose::kAuditSalt,
                                  Purpose::kAuditSeal, Purpose::kAuditSign, Purpose::kSetHash,
                                  Purpose::kOpaqueName};

Bytes derived(const RootKey& root, Purpose purpose, ByteView context = {}) {
  const auto key = derive(root, purpose, context).value();
  return Bytes(key.reveal().begin(), key.reveal().end());
}

TEST(Derive, IsHkdfOverLabelZeroAndContext) {
  const auto root = RootKey::copy_of(noise_array<32>(1)).value();
  std::string info = "kerros/1/url-token";
  info.push_back('\0');
  info += "day 7";
  Bytes expected(32);
  ASSERT_TRUE(hkdf_expand(root.reveal(), as_bytes(info), expected));
  EXPECT_EQ(derived(root, Purpose::kUrlToken, as_bytes("day 7")), expected);
}

TEST(Derive, GivesEveryPurposeAndContextItsOwnKey) {
  const auto root = RootKey::copy_of(noise_array<32>(1)).value();
  const auto other = RootKey::copy_of(noise_array<32>(2)).value();
  std::set<Bytes> keys;
  for (const Purpose purpose : kPurposes) {
    keys.insert(derived(root, purpose));
    keys.insert(derived(root, purpose, as_bytes("a")));
    keys.insert(derived(other, purpose));
  }
  EXPECT_EQ(keys.size(), 3 * kPurposes.size());
}

TEST(Label, OfEveryPurposeIsFixed) {
  std::set<std::string_view> labels;
  for (const Purpose purpose : kPurposes) labels.insert(label(purpose));
  EXPECT_EQ(labels, (std::set<std::string_view>{"kerros/1/audit-salt", "kerros/1/audit-seal",
                                                "kerros/1/audit-sign", "kerros/1/kek-wrap",
                                                "kerros/1/metadata", "kerros/1/opaque-name",
                                                "kerros/1/record-mac", "kerros/1/session",
                                                "kerros/1/set-hash", "kerros/1/url-token"}));
}

// RFC 4231 test cases 1, 2 and 6, the first 32 of their 64 bytes.
TEST(Mac, GivesPublishedAnswersCutToThirtyTwoBytes) {
  EXPECT_EQ(to_hex(mac(Bytes(20, 0x0b), as_bytes("Hi There"))),
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde");
  EXPECT_EQ(to_hex(mac(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554");
  EXPECT_EQ(to_hex(mac(Bytes(131, 0xaa),
                       as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352");
}

}  // namespace
}  // namespace kerros::crypto
