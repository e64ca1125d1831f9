#include "gateway/audit/note.h"

#include <gtest/gtest.h>

#include "tests/audit/audit_fixture.h"

namespace kerros::audit {
namespace {

using testing::kNoon;
using testing::kOrigin;

Checkpoint some_checkpoint() {
  Checkpoint checkpoint{20852163, {}, kNoon, {}, StoreMark{9, {}}};
  checkpoint.root[0] = 7;
  checkpoint.store->set_hash[31] = 0xab;
  return checkpoint;
}

Signer signer() { return Signer::make(kOrigin, Bytes(32, 3)).value(); }

TEST(Note, BringsACheckpointBack) {
  const auto opened = signer().verifier().open(signer().sign(some_checkpoint()));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->size, 20852163U);
  EXPECT_EQ(opened->root, some_checkpoint().root);
  EXPECT_EQ(opened->store, some_checkpoint().store);
  EXPECT_EQ(opened->time, "2026-11-21T12:00:00.000Z");
}

TEST(Note, LooksAsTheSpecificationSays) {
  const std::string note = signer().sign(some_checkpoint());
  EXPECT_TRUE(
      note.starts_with("kerros.test/log\n20852163\n"
                       "BwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                       "time 2026-11-21T12:00:00.000Z\nstore 9 00"))
      << note;
  EXPECT_NE(note.find("\n\n\xe2\x80\x94 kerros.test/log "), std::string::npos);
  EXPECT_EQ(note.back(), '\n');
}

TEST(Note, DoesNotOpenWithAnyBitChanged) {
  const std::string note = signer().sign(some_checkpoint());
  const Verifier verifier = signer().verifier();
  for (std::size_t at = 0; at < note.size() * 8; ++at) {
    std::string changed = note;
    changed[at / 8] = static_cast<char>(changed[at / 8] ^ (1 << (at % 8)));
    EXPECT_FALSE(verifier.open(changed)) << at;
  }
}

TEST(Note, DoesNotOpenCutOrUnderAnotherKeyOrName) {
  const std::string note = signer().sign(some_checkpoint());
  for (std::size_t size = 0; size < note.size(); ++size)
    EXPECT_FALSE(signer().verifier().open(note.substr(0, size))) << size;
  EXPECT_FALSE(Signer::make(kOrigin, Bytes(32, 4))->verifier().open(note));
  EXPECT_FALSE(Signer::make("kerros.test/other", Bytes(32, 3))->verifier().open(note));
}

TEST(Note, MayBearSignaturesOfWitnesses) {
  const std::string note = signer().sign(some_checkpoint());
  EXPECT_TRUE(signer().verifier().open(note + "\xe2\x80\x94 witness.example AAAAAAAA\n"));
}

TEST(Verifier, ReadsTheKeyOfThePublishedExample) {
  // The vkey of the Go checksum database, from its documentation.
  const std::string text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
  const auto verifier = Verifier::parse(text);
  ASSERT_TRUE(verifier);  // the key id was recomputed and agrees
  EXPECT_EQ(verifier->text(), text);
}

TEST(Verifier, RefusesAKeyWhoseIdIsNotItsOwn) {
  std::string text = signer().verifier().text();
  EXPECT_TRUE(Verifier::parse(text));
  text[text.find('+') + 1] = text[text.find('+') + 1] == '0' ? '1' : '0';
  EXPECT_FALSE(Verifier::parse(text));
  EXPECT_FALSE(Verifier::parse(""));
  EXPECT_FALSE(Verifier::parse("name+00000000"));
  EXPECT_FALSE(Verifier::parse("name+00000000+AAAA"));
}

TEST(Origin, IsVisibleAsciiWithoutPlus) {
  EXPECT_TRUE(check_origin("kerros.gw-1/log"));
  for (const char* origin : {"", "a b", "a+b", "a\nb", "\xc3\xa4"})
    EXPECT_FALSE(check_origin(origin)) << origin;
}

}  // namespace
}  // namespace kerros::audit
