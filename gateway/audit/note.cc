#include "gateway/audit/note.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "crypto/hkdf.h"
#include "gateway/audit/time_text.h"

namespace kerros::audit {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // em dash, space
constexpr std::string_view kSince = "/since-";
constexpr std::uint8_t kEd25519 = 1;
constexpr std::size_t kSignatureSize = crypto_sign_ed25519_BYTES;
static_assert(kSignatureSize == 64 && crypto_sign_ed25519_PUBLICKEYBYTES == 32);

tl::unexpected<Error> malformed(std::string_view what) {
  return fail(ErrorCode::kMalformed, "checkpoint: " + std::string(what));
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (std::to_string(value) != text) return std::nullopt;  // one number, one text
  return value;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string body_of(const std::string& origin, const Checkpoint& checkpoint) {
  std::string body =
      origin + "\n" + std::to_string(checkpoint.size) + "\n" + to_base64(checkpoint.root) + "\n";
  body += "time " + time_text(checkpoint.time_ms) + "\n";
  if (checkpoint.store)
    body += "store " + std::to_string(checkpoint.store->sequence) + " " +
            to_hex(checkpoint.store->set_hash) + "\n";
  if (checkpoint.kept > 1) body += "kept " + std::to_string(checkpoint.kept) + "\n";
  return body;
}

Result<StoreMark> parse_store(std::string_view text) {
  StoreMark mark;
  const std::size_t space = text.find(' ');
  const auto sequence = number(text.substr(0, space));
  if (!sequence || space == std::string_view::npos ||
      !from_hex(text.substr(space + 1), mark.set_hash))
    return malformed("the store line is not one");
  mark.sequence = *sequence;
  return mark;
}

// Only for a body whose signature holds; lines of later versions are let by.
Result<Checkpoint> parse_body(std::string_view body) {
  Checkpoint checkpoint;
  take_line(body);  // the origin, compared before
  const auto size = number(take_line(body));
  const auto root = from_base64(take_line(body));
  if (!size || !root || root->size() != checkpoint.root.size())
    return malformed("size or root is not one");
  checkpoint.size = *size;
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  while (!body.empty()) {
    std::string_view line = take_line(body);
    if (line.starts_with("time ")) checkpoint.time = line.substr(5);
    if (line.starts_with("kept ")) {
      const auto kept = number(line.substr(5));
      if (!kept || *kept > checkpoint.size + 1) return malformed("the kept line is not one");
      checkpoint.kept = *kept;
    }
    if (!line.starts_with("store ")) continue;
    const auto mark = parse_store(line.substr(6));
    if (!mark) return tl::unexpected(mark.error());
    checkpoint.store = *mark;
  }
  return checkpoint;
}

}  // namespace

bool is_origin_of(std::string_view origin, std::string_view base) {
  return origin == base ||
         (origin.starts_with(base) && origin.substr(base.size()).starts_with(kSince));
}

Status check_origin(std::string_view origin) {
  const bool fit = !origin.empty() && origin.size() <= 255 &&
                   std::all_of(origin.begin(), origin.end(),
                               [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
  if (fit) return {};
  return fail(ErrorCode::kMalformed, "an audit origin is visible ASCII without plus");
}

Verifier::Verifier(std::string origin, const std::array<std::uint8_t, 32>& public_key)
    : origin_(std::move(origin)), public_key_(public_key), key_id_{} {
  Bytes named(origin_.begin(), origin_.end());
  named.push_back('\n');
  named.push_back(kEd25519);
  named.insert(named.end(), public_key.begin(), public_key.end());
  const auto hash = crypto::sha256(named);
  std::copy_n(hash.begin(), key_id_.size(), key_id_.begin());
}

std::string Verifier::text() const {
  Bytes key{kEd25519};
  key.insert(key.end(), public_key_.begin(), public_key_.end());
  return origin_ + "+" + to_hex(key_id_) + "+" + to_base64(key);
}

Result<Verifier> Verifier::parse(std::string_view vkey) {
  const std::size_t first = vkey.find('+');
  const std::size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return malformed("the verifier key is not one");
  const auto key = from_base64(vkey.substr(second + 1));
  if (!key || key->size() != 33 || key->front() != kEd25519)
    return malformed("the verifier key is not one");
  std::array<std::uint8_t, 32> public_key{};
  std::copy_n(key->begin() + 1, public_key.size(), public_key.begin());
  Verifier verifier(std::string(vkey.substr(0, first)), public_key);
  if (verifier.text() != vkey || !check_origin(verifier.origin_))
    return malformed("the verifier key is not one");
  return verifier;
}

Result<Checkpoint> Verifier::open(std::string_view note) const {
  const auto refuse = [](std::string_view why) {
    return fail(ErrorCode::kNotAuthentic, "checkpoint: " + std::string(why));
  };
  const std::size_t blank = note.rfind("\n\n");
  if (blank == std::string_view::npos || note.back() != '\n') return refuse("it is not whole");
  const std::string_view body = note.substr(0, blank + 1);
  std::string_view signatures = note.substr(blank + 2);
  if (!body.starts_with(origin_ + "\n")) return refuse("it is of another log");
  const std::string ours = std::string(kDash) + origin_ + " ";
  while (!signatures.empty()) {
    const std::string_view line = take_line(signatures);
    if (!line.starts_with(ours)) continue;
    const auto signature = from_base64(line.substr(ours.size()));
    if (!signature || signature->size() != key_id_.size() + kSignatureSize ||
        !std::equal(key_id_.begin(), key_id_.end(), signature->begin()))
      continue;
    if (crypto_sign_ed25519_verify_detached(signature->data() + key_id_.size(),
                                            as_bytes(body).data(), body.size(),
                                            public_key_.data()) != 0)
      return refuse("its signature does not hold");
    return parse_body(body);
  }
  return refuse("it bears no signature of ours");
}

Result<Signer> Signer::make(std::string origin, ByteView seed) {
  if (auto ok = check_origin(origin); !ok) return tl::unexpected(ok.error());
  if (seed.size() != crypto_sign_ed25519_SEEDBYTES)
    return fail(ErrorCode::kMalformed, "the seed of a signing key has 32 bytes");
  auto key = crypto::SecretBytes::make(crypto_sign_ed25519_SECRETKEYBYTES);
  if (!key) return tl::unexpected(key.error());
  std::array<std::uint8_t, 32> public_key{};
  crypto_sign_ed25519_seed_keypair(public_key.data(), key->reveal().data(), seed.data());
  return Signer(Verifier(std::move(origin), public_key), std::move(*key));
}

std::string Signer::sign(const Checkpoint& checkpoint) const {
  const std::string body = body_of(verifier_.origin(), checkpoint);
  Bytes signature(verifier_.key_id().begin(), verifier_.key_id().end());
  signature.resize(signature.size() + kSignatureSize);
  crypto_sign_ed25519_detached(signature.data() + verifier_.key_id().size(), nullptr,
                               as_bytes(body).data(), body.size(), key_.reveal().data());
  return body + "\n" + std::string(kDash) + verifier_.origin() + " " + to_base64(signature) + "\n";
}

}  // namespace kerros::audit
