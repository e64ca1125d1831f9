// `kerros open` and `kerros inspect` on files sealed under a key of the store.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/file_keys.h"
#include "crypto/offsets.h"
#include "crypto/sealer.h"
#include "tests/tools/made_installation.h"
#include "tests/tools/program.h"

namespace kerros {
namespace {

using testing_tools::content_of;

class Open : public testing_tools::MadeInstallation {
 protected:
  void SetUp() override {
    MadeInstallation::SetUp();
    seal();
  }

  // A file of three chunks, its key bound in the store, its DEK beside it in hexadecimal.
  void seal() {
    for (std::size_t i = 0; i < 40'000; ++i) plain_ += static_cast<char>('a' + i % 23);
    auto opened = open();
    ASSERT_TRUE(opened) << opened.error().detail;
    auto& store = *(*opened)->store;
    const auto key = store.make_key(
        {(*opened)->unit, crypto::Suite::kAes256Gcm, 1'000},
        [](const crypto::Header& header, const crypto::Salt& salt,
           ByteView dek) -> Result<crypto::Commitment> {
          return crypto::FileKeys(dek, header.suite, salt, crypto::encode(header)).commitment();
        });
    ASSERT_TRUE(key) << key.error().detail;
    keystore::ItemRecord record;
    record.sealed = key->sealed;
    record.item_class = "secret";
    record.created_by = "aino@example.org";
    record.created = 1'000;
    ASSERT_TRUE(wait([&](auto done) { store.put_pending(record, done); }));
    std::ofstream(directory_.at("dek")) << to_hex(key->dek.reveal()) << "\n";
    std::ofstream(directory_.at("sealed"), std::ios::binary) << sealed_file(**opened, *key);
    key_ = to_hex(key->sealed.key);
  }

  std::string sealed_file(const Installation& installation, const keystore::NewKey& key) const {
    const auto header = crypto::decode_header(key.sealed.header);
    auto sealer =
        crypto::Sealer::make(*installation.backend, *header, key.sealed.salt, key.dek.reveal());
    EXPECT_TRUE(sealer);
    const auto prefix = sealer->prefix();
    std::string file(as_text(prefix));
    for (std::uint64_t chunk = 0; chunk < crypto::chunk_count(plain_.size()); ++chunk) {
      const auto plain = as_bytes(std::string_view(plain_).substr(chunk * 16'384, 16'384));
      Bytes sealed(plain.size() + 16);
      EXPECT_TRUE(sealer->seal_chunk(chunk, plain, sealed));
      file += as_text(sealed);
    }
    return file;
  }

  testing_tools::Ran run(const std::string& command) const {
    return testing_tools::run_in(directory_.at("."),
                                 "export KERROS_CONFIG=k/kerros.toml; " + command);
  }
  void flip(std::size_t at) const {
    auto bytes = content_of(directory_.at("sealed"));
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    std::ofstream(directory_.at("sealed"), std::ios::binary) << bytes;
  }
  std::string out() const { return content_of(directory_.at("out")); }
  bool left_something() const { return std::filesystem::exists(directory_.at("out")); }

  std::string plain_;
  std::string key_;
};

TEST_F(Open, GivesThePlaintextBack) {
  const auto ran = run("kerros open sealed -o out");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(out(), plain_);
}

TEST_F(Open, NeedsNoStoreWithTheFilesOwnKey) {
  const auto ran = run("rm -rf k/store; kerros open sealed -o out --dek-fd 3 3< dek");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(out(), plain_);
}

TEST_F(Open, RecordsWhoOpenedWhat) {
  ASSERT_EQ(run("kerros open sealed -o out").code, 0);
  const auto tail = nlohmann::json::parse(run("kerros audit tail --purpose test -n 2 --json").out);
  ASSERT_EQ(tail.size(), 2u);
  EXPECT_EQ(tail.at(0).at("event"), "read-intent");
  EXPECT_EQ(tail.at(1).at("event"), "read-done");
  EXPECT_EQ(tail.at(1).at("status"), "done");
  EXPECT_EQ(tail.at(1).at("target"), "key " + key_);
}

// A bit of the prefix, of the first chunk, of the last tag.
TEST_F(Open, LeavesNothingOfAFileThatWasChanged) {
  for (const std::size_t at : {std::size_t{300}, std::size_t{480}, std::size_t{512},
                               std::size_t{40'000 + 512 + 3 * 16 - 1}}) {
    flip(at);
    const auto ran = run("kerros open sealed -o out");
    EXPECT_NE(ran.code, 0) << at;
    EXPECT_FALSE(left_something()) << at;
    flip(at);
  }
  EXPECT_EQ(run("kerros open sealed -o out").code, 0);
}

TEST_F(Open, SaysNotAuthenticForAChangedChunk) {
  flip(20'000);
  const auto ran = run("kerros open sealed -o out");
  EXPECT_EQ(ran.code, 4);
  EXPECT_EQ(ran.err,
            "kerros: error: cannot open sealed: it is not authentic\n"
            "kerros: why: the stored bytes were changed after sealing, or belong to another key\n"
            "kerros: hint: `kerros inspect sealed` shows which key it claims\n");
}

TEST_F(Open, LeavesNothingOfAFileThatWasCut) {
  for (const int size : {512, 600, 512 + 16'400, 512 + 2 * 16'400, 40'000 + 512 + 3 * 16 - 1}) {
    const auto ran =
        run("head -c " + std::to_string(size) + " sealed > cut; kerros open cut -o out");
    EXPECT_NE(ran.code, 0) << size;
    EXPECT_FALSE(left_something()) << size;
  }
}

TEST_F(Open, NeverOverwritesUnasked) {
  ASSERT_EQ(run("echo mine > out; kerros open sealed -o out").code, 7);
  EXPECT_EQ(out(), "mine\n");
  ASSERT_EQ(run("kerros open sealed -o out --force").code, 0);
  EXPECT_EQ(out(), plain_);
}

TEST_F(Open, RefusesAKeyThatIsNone) {
  const auto ran = run("echo 00ff | kerros open sealed -o out --dek-fd 0");
  EXPECT_EQ(ran.code, 1);
  EXPECT_FALSE(left_something());
}

TEST_F(Open, InspectsWithoutAnyKey) {
  const auto ran = run("rm -rf k; kerros inspect sealed --json");
  ASSERT_EQ(ran.code, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json.at("format"), 1);
  EXPECT_EQ(json.at("suite"), "AEAD_AES_256_GCM");
  EXPECT_EQ(json.at("key_id"), key_);
  EXPECT_EQ(json.at("plain_size"), 40'000);
  EXPECT_TRUE(json.at("recovery_epoch").is_null());
}

}  // namespace
}  // namespace kerros
