// Signed notes and the checkpoints written in them.
//
//   <origin> LF <records> LF <base64 root> LF
//   time <2026-11-21T21:48:16.123Z> LF             (extension lines, in this order)
//   store <sequence> <hex set hash> LF
//   kept <first record whose segment is still kept> LF       (when older ones have expired)
//   LF
//   <em dash> SP <origin> SP <base64(key id || Ed25519 signature)> LF
//
// Thread safety: pure functions; a Signer may be shared.
// Source: C2SP signed-note, tlog-checkpoint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/merkle.h"
#include "crypto/result.h"
#include "crypto/secret.h"
#include "gateway/audit/store_mark.h"

namespace kerros::audit {

struct Checkpoint {
  std::uint64_t size = 0;
  crypto::TreeHash root{};
  std::uint64_t time_ms = 0;  // when writing
  std::string time;           // when read
  std::optional<StoreMark> store;
  std::uint64_t kept = 1;  // records before this one have expired
};

// Whether `origin` is that one, or the one of a log that began again in its place.
bool is_origin_of(std::string_view origin, std::string_view base);

// "origin" names the log and its key: not empty, no space, plus, or control character.
Status check_origin(std::string_view origin);

// Who may sign for an origin. Its text form is the vkey of the signed-note specification:
// <origin>+<key id in hex>+<base64(0x01 || public key)>.
class Verifier {
 public:
  static Result<Verifier> parse(std::string_view vkey);
  Verifier(std::string origin, const std::array<std::uint8_t, 32>& public_key);

  const std::string& origin() const { return origin_; }
  std::string text() const;
  const std::array<std::uint8_t, 4>& key_id() const { return key_id_; }
  // The checkpoint of a note that bears our signature; signatures of others are not looked at.
  // kNotAuthentic, kMalformed.
  Result<Checkpoint> open(std::string_view note) const;

 private:
  std::string origin_;
  std::array<std::uint8_t, 32> public_key_;
  std::array<std::uint8_t, 4> key_id_;
};

class Signer {
 public:
  static Result<Signer> make(std::string origin, ByteView seed);  // 32 bytes
  const Verifier& verifier() const { return verifier_; }
  std::string sign(const Checkpoint& checkpoint) const;  // the whole note

 private:
  Signer(Verifier verifier, crypto::SecretBytes key)
      : verifier_(std::move(verifier)), key_(std::move(key)) {}
  Verifier verifier_;
  crypto::SecretBytes key_;
};

}  // namespace kerros::audit
