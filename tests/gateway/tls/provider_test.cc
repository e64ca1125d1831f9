// The provider beside OpenSSL's own cipher: the same bytes, and no where it says no.
#include "gateway/tls/provider.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <tuple>

#include "crypto/random.h"
#include "tests/gateway/tls/openssl_peer.h"
#include "tests/support/sealed_file.h"

namespace kerros::tls {
namespace {

using support::noise;

constexpr std::size_t kTag = 16;
constexpr std::size_t kLongest = 16 * 1024 + 256;
constexpr const char* kOurs = "provider=kerros";
constexpr const char* kTheirs = "provider=default";

struct Free {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

using Splits = std::vector<std::size_t>;  // where an update ends and the next begins

// One cipher with one key; one context for everything, as a connection has.
class Side {
 public:
  Side(const char* properties, int bits)
      : cipher_(EVP_CIPHER_fetch(nullptr, bits == 128 ? "AES-128-GCM" : "AES-256-GCM", properties)),
        context_(EVP_CIPHER_CTX_new()) {
    const Bytes key = noise(32, 5);
    EXPECT_EQ(EVP_CipherInit_ex2(get(), cipher_.get(), key.data(), nullptr, 1, nullptr), 1);
  }

  EVP_CIPHER_CTX* get() { return context_.get(); }
  const EVP_CIPHER* cipher() const { return cipher_.get(); }

  bool begin(bool sealing, ByteView nonce) {
    return EVP_CipherInit_ex2(get(), nullptr, nullptr, nonce.data(), sealing, nullptr) == 1;
  }
  bool control(int what, int size, void* bytes) {
    return EVP_CIPHER_CTX_ctrl(get(), what, size, bytes) > 0;
  }
  bool associate(ByteView data) {
    int size = 0;
    return EVP_CipherUpdate(get(), nullptr, &size, data.data(), static_cast<int>(data.size())) == 1;
  }
  bool update(ByteView in, std::uint8_t* out) {
    int size = -1;
    return EVP_CipherUpdate(get(), out, &size, in.data(), static_cast<int>(in.size())) == 1 &&
           size == static_cast<int>(in.size());
  }
  bool finish() {
    std::uint8_t nothing[16];
    int size = -1;
    return EVP_CipherFinal_ex(get(), nothing, &size) == 1 && size == 0;
  }
  bool update_split(ByteView in, std::uint8_t* out, const Splits& splits) {
    std::size_t at = 0;
    for (const std::size_t end : splits) {
      if (!update(in.subspan(at, end - at), out + at)) return false;
      at = end;
    }
    return update(in.subspan(at), out + at);
  }

  Bytes seal(ByteView nonce, ByteView associated, ByteView plain, const Splits& splits = {}) {
    Bytes sealed(plain.size() + kTag);
    const bool ok = begin(true, nonce) && associate(associated) &&
                    update_split(plain, sealed.data(), splits) && finish() &&
                    control(EVP_CTRL_AEAD_GET_TAG, kTag, sealed.data() + plain.size());
    return ok ? sealed : Bytes();
  }
  bool open(ByteView nonce, ByteView associated, Bytes sealed, Bytes& plain,
            const Splits& splits = {}) {
    plain.assign(sealed.size() - kTag + 1, 0);
    const bool ok =
        begin(false, nonce) && associate(associated) &&
        control(EVP_CTRL_AEAD_SET_TAG, kTag, sealed.data() + sealed.size() - kTag) &&
        update_split(ByteView(sealed).first(sealed.size() - kTag), plain.data(), splits) &&
        finish();
    plain.pop_back();
    return ok;
  }

 private:
  std::unique_ptr<EVP_CIPHER, Free> cipher_;
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
};

class Provider : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    crypto::start();
    if (const auto ok = start_provider(); !ok) GTEST_SKIP() << ok.error().detail;
    ours_.emplace(kOurs, GetParam());
    theirs_.emplace(kTheirs, GetParam());
  }
  Side& ours() { return *ours_; }
  Side& theirs() { return *theirs_; }

  std::optional<Side> ours_;
  std::optional<Side> theirs_;
  const Bytes nonce_ = noise(12, 2);
  const Bytes header_ = noise(5, 3);  // of a TLS 1.3 record
};

TEST_P(Provider, SaysOfItselfWhatOpenSslSays) {
  for (Side* side : {&ours(), &theirs()}) {
    EXPECT_EQ(EVP_CIPHER_get_key_length(side->cipher()), GetParam() / 8);
    EXPECT_EQ(EVP_CIPHER_get_iv_length(side->cipher()), 12);
    EXPECT_EQ(EVP_CIPHER_get_block_size(side->cipher()), 1);
    EXPECT_EQ(EVP_CIPHER_get_mode(side->cipher()), EVP_CIPH_GCM_MODE);
    EXPECT_EQ(EVP_CIPHER_CTX_get_tag_length(side->get()), 16);
    EXPECT_EQ(EVP_CIPHER_CTX_get_iv_length(side->get()), 12);
  }
  EXPECT_EQ(EVP_CIPHER_get_flags(ours().cipher()) & EVP_CIPH_FLAG_AEAD_CIPHER,
            EVP_CIPH_FLAG_AEAD_CIPHER);
  EXPECT_EQ(EVP_CIPHER_get_nid(ours().cipher()), EVP_CIPHER_get_nid(theirs().cipher()));
}

TEST_P(Provider, GivesTheSameRecordsAtEveryLength) {
  const Bytes text = noise(kLongest, 4);
  Bytes opened;
  for (std::size_t size = 0; size <= kLongest; ++size) {
    const auto plain = ByteView(text).first(size);
    const Bytes sealed = ours().seal(nonce_, header_, plain);
    ASSERT_EQ(sealed, theirs().seal(nonce_, header_, plain)) << size;
    ASSERT_TRUE(ours().open(nonce_, header_, sealed, opened)) << size;
    ASSERT_TRUE(std::ranges::equal(opened, plain)) << size;
  }
}

TEST_P(Provider, GivesTheSameRecordHoweverAnUpdateIsSplit) {
  std::vector<Splits> all;
  for (std::size_t at = 0; at <= 400; ++at) all.push_back({at});
  for (std::size_t a = 0; a <= 66; a += 3)
    for (std::size_t b = a; b <= 340; b += 17) all.push_back({a, b, 400});
  Splits bytewise;
  for (std::size_t at = 1; at < 400; ++at) bytewise.push_back(at);
  all.push_back(bytewise);
  const Bytes plain = noise(400, 6);
  const Bytes expected = theirs().seal(nonce_, header_, plain);
  Bytes opened;
  for (const Splits& splits : all) {
    ASSERT_EQ(ours().seal(nonce_, header_, plain, splits), expected) << splits[0];
    ASSERT_TRUE(ours().open(nonce_, header_, expected, opened, splits)) << splits[0];
    ASSERT_EQ(opened, plain);
  }
}

TEST_P(Provider, GivesTheSameLargeRecordHoweverItIsSplit) {
  const Bytes plain = noise(kLongest, 6);
  const Bytes expected = theirs().seal(nonce_, header_, plain);
  Bytes opened;
  for (std::size_t at = 0; at <= kLongest; at += at % 1024 < 40 ? 1 : 123) {
    ASSERT_EQ(ours().seal(nonce_, header_, plain, {at}), expected) << at;
    ASSERT_TRUE(ours().open(nonce_, header_, expected, opened, {at, (at + kLongest) / 2})) << at;
    ASSERT_EQ(opened, plain);
  }
}

TEST_P(Provider, RefusesWhatIsNotAuthentic) {
  const Bytes sealed = ours().seal(nonce_, header_, noise(40, 6));
  Bytes opened;
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    ASSERT_FALSE(ours().open(nonce_, header_, changed, opened)) << bit;
  }
  for (std::size_t i = 0; i < header_.size(); ++i) {
    Bytes other = header_;
    other[i] ^= 1;
    ASSERT_FALSE(ours().open(nonce_, other, sealed, opened)) << i;
  }
  ASSERT_FALSE(ours().open(noise(12, 9), header_, sealed, opened));
  ASSERT_FALSE(ours().open(nonce_, ByteView(header_).first(4), sealed, opened));
  EXPECT_TRUE(ours().open(nonce_, header_, sealed, opened));
}

TEST_P(Provider, TakesAssociatedDataInPieces) {
  const Bytes head = noise(77, 8), plain = noise(100, 6);
  const Bytes expected = theirs().seal(nonce_, head, plain);
  for (std::size_t at = 1; at < head.size(); ++at) {
    Bytes sealed(expected.size());
    ASSERT_TRUE(ours().begin(true, nonce_) && ours().associate(ByteView(head).first(at)) &&
                ours().associate(ByteView(head).subspan(at)));
    ASSERT_TRUE(ours().update(plain, sealed.data()) && ours().finish());
    ASSERT_TRUE(ours().control(EVP_CTRL_AEAD_GET_TAG, kTag, sealed.data() + plain.size()));
    ASSERT_EQ(sealed, expected) << at;
  }
}

TEST_P(Provider, NeverUsesANonceTwice) {
  const Bytes plain = noise(10, 6);
  Bytes out(10);
  EXPECT_FALSE(ours().update(plain, out.data()));  // none was given yet
  for (Side* side : {&ours(), &theirs()}) {
    ASSERT_FALSE(side->seal(nonce_, header_, plain).empty());
    EXPECT_FALSE(side->update(plain, out.data()));
    EXPECT_FALSE(side->finish());
  }
  ASSERT_TRUE(ours().begin(true, nonce_) && ours().update(plain, out.data()));
  EXPECT_FALSE(ours().associate(header_));  // too late
}

TEST_P(Provider, NeedsATagBeforeItSaysThatARecordIsRight) {
  Bytes out(10);
  ASSERT_TRUE(ours().begin(false, nonce_) && ours().update(noise(10, 6), out.data()));
  EXPECT_FALSE(ours().finish());
  Bytes tag(kTag);
  ASSERT_TRUE(ours().begin(false, nonce_));
  EXPECT_FALSE(ours().control(EVP_CTRL_AEAD_SET_TAG, 12, tag.data()));  // a short one is easier
}

TEST_P(Provider, RefusesNoncesOfOtherSizes) {
  EXPECT_TRUE(ours().control(EVP_CTRL_AEAD_SET_IVLEN, 12, nullptr));
  EXPECT_FALSE(ours().control(EVP_CTRL_AEAD_SET_IVLEN, 16, nullptr));
}

TEST_P(Provider, GoesOnInACopyWhereItWas) {
  const Bytes plain = noise(100, 6);
  const Bytes expected = theirs().seal(nonce_, header_, plain);
  Bytes sealed(expected.size());
  ASSERT_TRUE(ours().begin(true, nonce_) && ours().associate(header_) &&
              ours().update(ByteView(plain).first(37), sealed.data()));
  Side copy(kOurs, GetParam());
  ASSERT_EQ(EVP_CIPHER_CTX_copy(copy.get(), ours().get()), 1);
  EXPECT_FALSE(ours().seal(noise(12, 3), header_, plain).empty());  // touches nothing of the copy
  ASSERT_TRUE(copy.update(ByteView(plain).subspan(37), sealed.data() + 37) && copy.finish());
  ASSERT_TRUE(copy.control(EVP_CTRL_AEAD_GET_TAG, kTag, sealed.data() + plain.size()));
  EXPECT_EQ(sealed, expected);
}

// TLS 1.2: 8 octets of nonce before the text, the tag behind it, all in place.
class OldRecord {
 public:
  static Bytes header(std::size_t size, bool sealing) {
    Bytes head = noise(13, 11);
    const std::size_t told = size + 8 + (sealing ? 0 : kTag);
    head[11] = static_cast<std::uint8_t>(told >> 8);
    head[12] = static_cast<std::uint8_t>(told & 0xff);
    return head;
  }
  // The size that came out, -1 when it was refused.
  static int run(Side& side, Bytes& record, bool sealing, std::size_t text_size) {
    Bytes head = header(text_size, sealing);
    if (EVP_CIPHER_CTX_ctrl(side.get(), EVP_CTRL_AEAD_TLS1_AAD, 13, head.data()) != kTag) return -1;
    int size = -1;
    return EVP_CipherUpdate(side.get(), record.data(), &size, record.data(),
                            static_cast<int>(record.size())) == 1
               ? size
               : -1;
  }
  static Bytes around(ByteView text) {
    Bytes record(8 + text.size() + kTag);
    std::ranges::copy(text, record.begin() + 8);
    return record;
  }
};

bool opening(Side& side, ByteView fixed) {
  return EVP_CipherInit_ex2(side.get(), nullptr, nullptr, nullptr, 0, nullptr) == 1 &&
         side.control(EVP_CTRL_GCM_SET_IV_FIXED, 4, const_cast<std::uint8_t*>(fixed.data()));
}

TEST_P(Provider, MakesTheSameOldRecordsAtEveryLength) {
  const Bytes text = noise(kLongest, 4);
  Bytes whole = noise(12, 2);
  Side our_reader(kOurs, GetParam()), their_reader(kTheirs, GetParam());
  ASSERT_TRUE(opening(our_reader, whole) && opening(their_reader, whole));
  for (Side* side : {&ours(), &theirs()})
    ASSERT_TRUE(side->control(EVP_CTRL_GCM_SET_IV_FIXED, -1, whole.data()));
  for (std::size_t size = 0; size <= kLongest; size += size < 600 ? 1 : 37) {
    const auto plain = ByteView(text).first(size);
    Bytes mine = OldRecord::around(plain), other = mine;
    ASSERT_EQ(OldRecord::run(ours(), mine, true, size), static_cast<int>(mine.size())) << size;
    ASSERT_EQ(OldRecord::run(theirs(), other, true, size), static_cast<int>(other.size()));
    ASSERT_EQ(mine, other) << size;
    ASSERT_EQ(OldRecord::run(our_reader, other, false, size), static_cast<int>(size));
    ASSERT_TRUE(std::ranges::equal(ByteView(other).subspan(8, size), plain));
    ASSERT_EQ(OldRecord::run(their_reader, mine, false, size), static_cast<int>(size));
  }
}

TEST_P(Provider, RefusesOldRecordsThatWereChanged) {
  Bytes fixed = noise(4, 2);
  Side reader(kOurs, GetParam());
  ASSERT_TRUE(opening(reader, fixed));
  ASSERT_TRUE(ours().control(EVP_CTRL_GCM_SET_IV_FIXED, 4, fixed.data()));
  Bytes record = OldRecord::around(noise(50, 6));
  ASSERT_EQ(OldRecord::run(ours(), record, true, 50), 74);
  for (std::size_t at = 0; at < record.size(); ++at) {
    Bytes changed = record;
    changed[at] ^= 0x10;
    ASSERT_EQ(OldRecord::run(reader, changed, false, 50), -1) << at;
    ASSERT_TRUE(
        std::ranges::all_of(ByteView(changed).subspan(8, 50), [](auto b) { return b == 0; }));
  }
  ASSERT_EQ(OldRecord::run(reader, record, false, 50), 50);
  Bytes tiny(20);
  EXPECT_EQ(OldRecord::run(reader, tiny, false, 0), -1);
}

TEST_P(Provider, NeverRepeatsTheNonceOfAnOldRecord) {
  Bytes fixed = noise(4, 2);
  ASSERT_TRUE(ours().control(EVP_CTRL_GCM_SET_IV_FIXED, 4, fixed.data()));
  std::vector<Bytes> seen;
  for (int i = 0; i < 300; ++i) {
    Bytes record = OldRecord::around(noise(5, 6));
    ASSERT_EQ(OldRecord::run(ours(), record, true, 5), 29);
    seen.emplace_back(record.begin(), record.begin() + 8);
  }
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

TEST_P(Provider, HandsOutAndTakesTheExplicitNonce) {
  Bytes whole = noise(12, 2), plain = noise(30, 6);
  for (Side* side : {&ours(), &theirs()})
    ASSERT_TRUE(side->control(EVP_CTRL_GCM_SET_IV_FIXED, -1, whole.data()));
  for (int i = 0; i < 3; ++i) {
    Bytes mine(8), other(8), a(46), b(46);
    ASSERT_TRUE(ours().control(EVP_CTRL_GCM_IV_GEN, 8, mine.data()));
    ASSERT_TRUE(theirs().control(EVP_CTRL_GCM_IV_GEN, 8, other.data()));
    ASSERT_EQ(mine, other);
    for (const auto& [side, out] : {std::pair(&ours(), &a), std::pair(&theirs(), &b)})
      ASSERT_TRUE(side->update(plain, out->data()) && side->finish() &&
                  side->control(EVP_CTRL_AEAD_GET_TAG, kTag, out->data() + 30));
    ASSERT_EQ(a, b);
    Side reader(kOurs, GetParam());
    ASSERT_TRUE(opening(reader, whole) && reader.control(EVP_CTRL_GCM_SET_IV_INV, 8, mine.data()));
    ASSERT_TRUE(reader.control(EVP_CTRL_AEAD_SET_TAG, kTag, a.data() + 30));
    Bytes opened(30);
    ASSERT_TRUE(reader.update(ByteView(a).first(30), opened.data()) && reader.finish());
    EXPECT_EQ(opened, plain);
  }
}

INSTANTIATE_TEST_SUITE_P(KeySizes, Provider, ::testing::Values(128, 256));

// A context of ours, with the provider, talks to an OpenSSL that knows nothing of it.
TEST(StartProvider, CarriesConnectionsOfBothVersions) {
  crypto::start();
  if (!start_provider()) GTEST_SKIP() << "not on this machine";
  BufferPool pool(8 * BufferPool::kLarge);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const char* cipher : {"ECDHE+AES128+AESGCM", "ECDHE+AES256+AESGCM"}) {
      Engine engine(testing::server_context(), pool);
      testing::OpensslPeer peer(testing::OpensslPeer::Role::kClient, version, version);
      ASSERT_EQ(SSL_set_cipher_list(peer.ssl(), cipher), 1);
      const char* suite =
          cipher[8] == '1' ? "TLS_AES_128_GCM_SHA256" : "TLS_AES_256_GCM_SHA384";  // of TLS 1.3
      ASSERT_EQ(SSL_set_ciphersuites(peer.ssl(), suite), 1);
      ASSERT_EQ(shake_hands(engine, peer), Progress::kDone) << engine.failure();
      for (std::size_t size = 1; size < 16'000; size = 3 * size + 1) {
        if (version == TLS1_3_VERSION) SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
        const Bytes sent = testing::pattern(size, size);
        peer.write(sent);
        exchange(engine, peer);
        Bytes got(size + 1);
        got.resize(engine.read(got).bytes);
        ASSERT_EQ(got, sent) << size;
        ASSERT_EQ(engine.write(sent).bytes, size);
        exchange(engine, peer);
        ASSERT_EQ(peer.read(), sent) << size;
      }
    }
  }
}

TEST(StartProvider, LeavesEverybodyElseWithOpenSsl) {
  crypto::start();
  if (!start_provider()) GTEST_SKIP() << "not on this machine";
  for (const auto& [name, properties, provider] :
       {std::tuple("AES-256-GCM", "provider!=kerros", "default"),
        std::tuple("AES-256-GCM", kProperties, "kerros"),
        std::tuple("id-aes128-GCM", kProperties, "kerros"),
        std::tuple("ChaCha20-Poly1305", kProperties, "default"),
        std::tuple("AES-256-CBC", kProperties, "default")}) {
    const std::unique_ptr<EVP_CIPHER, Free> cipher(EVP_CIPHER_fetch(nullptr, name, properties));
    ASSERT_TRUE(cipher) << name;
    EXPECT_STREQ(OSSL_PROVIDER_get0_name(EVP_CIPHER_get0_provider(cipher.get())), provider);
  }
}

}  // namespace
}  // namespace kerros::tls
