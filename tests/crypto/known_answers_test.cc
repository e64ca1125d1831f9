// Derivations, wraps and sealed values against answers that another implementation wrote down.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "crypto/derive.h"
#include "crypto/file_keys.h"
#include "crypto/random.h"
#include "crypto/wrap.h"
#include "tests/support/sealed_vector.h"

namespace kerros::crypto {
namespace {

using test::from_hex;

template <typename Array>
Array array_of(const nlohmann::json& hex) {
  const Bytes bytes = from_hex(hex.get<std::string>());
  Array array{};
  if (bytes.size() != array.size()) throw std::runtime_error("a known answer of another size");
  std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

Bytes bytes_of(const nlohmann::json& hex) { return from_hex(hex.get<std::string>()); }

class KnownAnswers : public testing::Test {
 protected:
  void SetUp() override {
    start();
    std::ifstream in(test::vector_directory() / "keys.json");
    answers_ = nlohmann::json::parse(in);
  }
  nlohmann::json answers_;
};

Purpose purpose_of(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(Purpose::kOpaqueName); ++i)
    if (label(static_cast<Purpose>(i)) == text) return static_cast<Purpose>(i);
  throw std::runtime_error("no purpose has the label " + std::string(text));
}

TEST_F(KnownAnswers, OfEveryPurposeOfTheRoot) {
  std::set<std::string> labels;
  for (const auto& answer : answers_["derive"]) {
    const auto root = RootKey::copy_of(bytes_of(answer["root"]));
    const auto text = answer["purpose"].get<std::string>();
    const auto key = derive(*root, purpose_of(text), bytes_of(answer["context"]));
    EXPECT_EQ(to_hex(key->reveal()), answer["key"].get<std::string>()) << text;
    labels.insert(text);
  }
  EXPECT_EQ(labels.size(), static_cast<std::size_t>(Purpose::kOpaqueName) + 1);
}

TEST_F(KnownAnswers, OfTheKeyedHash) {
  for (const auto& answer : answers_["mac"])
    EXPECT_EQ(to_hex(mac(bytes_of(answer["key"]), bytes_of(answer["message"]))),
              answer["mac"].get<std::string>());
}

TEST_F(KnownAnswers, OfFileKeysAndNonces) {
  for (const auto& answer : answers_["file_keys"]) {
    const FileKeys keys(bytes_of(answer["dek"]), static_cast<Suite>(answer["suite"].get<int>()),
                        array_of<Salt>(answer["salt"]), array_of<HeaderBytes>(answer["header"]));
    EXPECT_EQ(to_hex(keys.chunk_key()), answer["key"].get<std::string>());
    EXPECT_EQ(to_hex(keys.base_nonce()), answer["base_nonce"].get<std::string>());
    EXPECT_EQ(to_hex(keys.commitment()), answer["commitment"].get<std::string>());
    for (const auto& [number, nonce] : answer["nonce_of_chunk"].items())
      EXPECT_EQ(to_hex(nonce_of_chunk(keys.base_nonce(), std::stoull(number))),
                nonce.get<std::string>());
  }
}

TEST_F(KnownAnswers, OfTheWrapAtHome) {
  for (const auto& answer : answers_["home_wrap"]) {
    const auto header = array_of<HeaderBytes>(answer["header"]);
    const Header decoded = decode_header(header).value();
    const WrapContext context{.tenant = decoded.tenant,
                              .unit = decoded.unit,
                              .kek = array_of<Id>(answer["kek_id"]),
                              .kek_version = answer["kek_version"].get<std::uint32_t>(),
                              .key = decoded.key,
                              .header = header,
                              .commitment = array_of<Commitment>(answer["commitment"])};
    const auto kek = Kek::copy_of(bytes_of(answer["kek"]));
    Bytes dek(32);
    EXPECT_TRUE(
        unwrap_dek(*kek, context, array_of<WrappedKey>(answer["wrapped"]), dek).has_value());
    EXPECT_EQ(dek, bytes_of(answer["dek"]));
  }
}

TEST_F(KnownAnswers, OfSealedValues) {
  for (const auto& answer : answers_["value"]) {
    const auto value = open_value(bytes_of(answer["key"]), answer["label"].get<std::string>(),
                                  bytes_of(answer["context"]), bytes_of(answer["sealed"]));
    ASSERT_TRUE(value.has_value());
    EXPECT_THAT(value->reveal(), testing::ElementsAreArray(bytes_of(answer["value"])));
  }
}

}  // namespace
}  // namespace kerros::crypto
