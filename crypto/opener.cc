#include "crypto/opener.h"

#include "crypto/file_keys.h"
#include "crypto/secret.h"

namespace kerros::crypto {
namespace {

// format.md 6: every chunk but the last is full, the last one never is.
Status check_length(Last last, std::size_t size) {
  if (last == Last::kNo) {
    if (size < format::kSealedChunkSize)
      return fail(ErrorCode::kTruncated, "a chunk before the last is not full");
    if (size > format::kSealedChunkSize)
      return fail(ErrorCode::kTrailingData, "more bytes than a chunk has");
    return {};
  }
  if (size < format::kTagSize)
    return fail(ErrorCode::kTruncated, "the final chunk is shorter than its tag");
  if (size == format::kSealedChunkSize)
    return fail(ErrorCode::kTruncated, "the file ends behind a full chunk: it was cut there");
  if (size > format::kSealedChunkSize)
    return fail(ErrorCode::kTrailingData, "more bytes than a chunk has");
  return {};
}

}  // namespace

struct Opener::State {
  std::unique_ptr<AeadKey> key;
  Nonce base_nonce{};
  Prefix prefix;

  ~State() { wipe(base_nonce); }
};

Result<Opener> Opener::make(const Backend& backend, const Prefix& prefix, ByteView dek) {
  if (dek.size() != kDekSize) return fail(ErrorCode::kMalformed, "a file key has 32 bytes");
  if (encode(prefix.header) != prefix.header_bytes)
    return fail(ErrorCode::kMalformed, "the header does not say what its bytes say");
  const FileKeys keys(dek, prefix.header.suite, prefix.salt, prefix.header_bytes);
  // Before any cipher call: an AEAD alone would open one body under two keys.
  if (!equal_constant_time(keys.commitment(), prefix.commitment))
    return fail(ErrorCode::kNotAuthentic, "the commitment is not of this key and header");
  auto scheduled = backend.schedule(prefix.header.suite, keys.chunk_key());
  if (!scheduled) return tl::unexpected(scheduled.error());
  auto state = std::make_unique<State>();
  state->key = std::move(*scheduled);
  state->base_nonce = keys.base_nonce();
  state->prefix = prefix;
  return Opener(std::move(state));
}

Opener::Opener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Opener::Opener(Opener&&) noexcept = default;
Opener& Opener::operator=(Opener&&) noexcept = default;
Opener::~Opener() = default;

const Prefix& Opener::prefix() const { return state_->prefix; }

Status Opener::open_chunk(std::uint64_t number, Last last, ByteView sealed, MutableByteView plain) {
  if (auto fits = check_length(last, sealed.size()); !fits) return fits;
  if (number >= format::kMaxChunks)
    return fail(ErrorCode::kTrailingData, "no file has more than 2^38 chunks");
  return state_->key->open(nonce_of_chunk(state_->base_nonce, number), sealed, plain);
}

}  // namespace kerros::crypto
