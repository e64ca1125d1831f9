#include "keystore/unseal.h"

#include <sys/stat.h>

#include <fstream>

#include "store_fixture.h"

namespace kerros::keystore {
namespace {

using testing::HasSubstr;

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

Passphrase passphrase(std::string_view text) {
  return {std::move(*crypto::SecretBytes::copy_of(as_bytes(text))), {1, 8192}};
}

TEST(KeyFile, IsOneLineOnlyItsOwnerMayRead) {
  const TempDir dir;
  ASSERT_THAT(create_key_file(dir / "k"), Succeeds());
  struct stat info{};
  ASSERT_EQ(::stat((dir / "k").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0400u);
  EXPECT_THAT(text_of(dir / "k"), testing::MatchesRegex("[0-9a-f]{64}\n"));
}

TEST(KeyFile, IsNeverOverwritten) {
  const TempDir dir;
  ASSERT_THAT(create_key_file(dir / "k"), Succeeds());
  const std::string before = text_of(dir / "k");
  EXPECT_THAT(create_key_file(dir / "k"), FailsWith(ErrorCode::kConflict));
  EXPECT_EQ(text_of(dir / "k"), before);
}

TEST(KeyFile, IsRefusedWhenOthersMayReadIt) {
  const TempDir dir;
  ASSERT_THAT(create_key_file(dir / "k"), Succeeds());
  for (const mode_t mode : {0440u, 0404u, 0420u, 0644u}) {
    ASSERT_EQ(::chmod((dir / "k").c_str(), mode), 0);
    const auto read = read_key_file(dir / "k", dir / "store");
    ASSERT_THAT(read, FailsWith(ErrorCode::kUnavailable));
    EXPECT_THAT(read.error().detail, HasSubstr("may be read by others"));
  }
}

TEST(KeyFile, IsRefusedInsideTheStore) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "store");
  ASSERT_THAT(create_key_file(dir / "store/k"), Succeeds());
  for (const std::string& path : {dir / "store/k", dir / "store/../store/k", dir / "store/sub/k"}) {
    const auto read = read_key_file(path, dir / "store");
    ASSERT_THAT(read, FailsWith(ErrorCode::kUnavailable));
    EXPECT_THAT(read.error().detail, HasSubstr("lies inside the store"));
  }
  ASSERT_THAT(create_key_file(dir / "store-key"), Succeeds());
  EXPECT_THAT(read_key_file(dir / "store-key", dir / "store"), Succeeds());
}

TEST(KeyFile, IsRefusedWhenItIsSomethingElse) {
  const TempDir dir;
  const auto write = [&](const std::string& text) {
    std::ofstream(dir / "k") << text;
    ::chmod((dir / "k").c_str(), 0600);
    return read_key_file(dir / "k", dir / "store");
  };
  const std::string good(64, 'a');
  EXPECT_THAT(write(""), FailsWith(ErrorCode::kMalformed));
  EXPECT_THAT(write(good.substr(1)), FailsWith(ErrorCode::kMalformed));
  EXPECT_THAT(write(good + "a"), FailsWith(ErrorCode::kMalformed));
  EXPECT_THAT(write(good + "\n\n"), FailsWith(ErrorCode::kMalformed));
  EXPECT_THAT(write(good.substr(1) + "g\n"), FailsWith(ErrorCode::kMalformed));
  EXPECT_THAT(write(good), Succeeds());
  EXPECT_THAT(write(good + "\n"), Succeeds());
  EXPECT_THAT(read_key_file(dir.path(), dir / "store"), FailsWith(ErrorCode::kMalformed));
  EXPECT_THAT(read_key_file(dir / "none", dir / "store"), FailsWith(ErrorCode::kNotFound));
}

class Unsealing : public StoreFixture {};

TEST_F(Unsealing, RefusesAnotherKeyFileAndAPassphraseInOneText) {
  ASSERT_THAT(create_key_file(dir_ / "other.key"), Succeeds());
  const auto by_file = KeyStore::open(params(), KeyFile{dir_ / "other.key"});
  const auto by_passphrase = KeyStore::open(params(), passphrase("guess"));
  ASSERT_THAT(by_file, FailsWith(ErrorCode::kNotAuthentic));
  ASSERT_THAT(by_passphrase, FailsWith(ErrorCode::kNotAuthentic));
  EXPECT_EQ(by_file.error().detail, by_passphrase.error().detail);
  EXPECT_THAT(try_open(), Succeeds());
}

TEST_F(Unsealing, OpensByPassphrase) {
  ASSERT_THAT(KeyStore::create({dir_ / "p", "Salassa", passphrase("correct horse"), kNow}),
              Succeeds());
  StoreParams with = params();
  with.directory = dir_ / "p";
  EXPECT_THAT(KeyStore::open(with, passphrase("correct horse")), Succeeds());
  EXPECT_THAT(KeyStore::open(with, passphrase("correct horsf")),
              FailsWith(ErrorCode::kNotAuthentic));
  EXPECT_THAT(KeyStore::open(with, passphrase("")), FailsWith(ErrorCode::kNotAuthentic));
}

TEST_F(Unsealing, TakesTheCostTheStoreWasMadeWith) {
  ASSERT_THAT(KeyStore::create({dir_ / "p", "Salassa", passphrase("pw"), kNow}), Succeeds());
  StoreParams with = params();
  with.directory = dir_ / "p";
  Passphrase other_cost = passphrase("pw");
  other_cost.cost = {3, 16384};
  EXPECT_THAT(KeyStore::open(with, std::move(other_cost)), Succeeds());
}

}  // namespace
}  // namespace kerros::keystore
