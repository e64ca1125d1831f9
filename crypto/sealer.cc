#include "crypto/sealer.h"

#include "crypto/file_keys.h"

namespace kerros::crypto {

struct Sealer::State {
  std::unique_ptr<AeadKey> key;
  Nonce base_nonce{};
  Prefix prefix;

  ~State() { wipe(base_nonce); }
};

Result<Sealer> Sealer::make(const Backend& backend, const Header& header, const Salt& salt,
                            ByteView dek) {
  if (dek.size() != kDekSize) return fail(ErrorCode::kMalformed, "a file key has 32 bytes");
  auto state = std::make_unique<State>();
  state->prefix.header = header;
  state->prefix.header_bytes = encode(header);
  state->prefix.salt = salt;
  const FileKeys keys(dek, header.suite, salt, state->prefix.header_bytes);
  auto scheduled = backend.schedule(header.suite, keys.chunk_key());
  if (!scheduled) return tl::unexpected(scheduled.error());
  state->key = std::move(*scheduled);
  state->base_nonce = keys.base_nonce();
  state->prefix.commitment = keys.commitment();
  return Sealer(std::move(state));
}

Sealer::Sealer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer& Sealer::operator=(Sealer&&) noexcept = default;
Sealer::~Sealer() = default;

const Commitment& Sealer::commitment() const { return state_->prefix.commitment; }
const HeaderBytes& Sealer::header_bytes() const { return state_->prefix.header_bytes; }
const Salt& Sealer::salt() const { return state_->prefix.salt; }

PrefixBytes Sealer::prefix(const RecoveryBytes& recovery) const {
  Prefix prefix = state_->prefix;
  prefix.recovery = recovery;
  return encode(prefix);
}

Status Sealer::seal_chunk(std::uint64_t number, ByteView plain, MutableByteView sealed) {
  if (number >= format::kMaxChunks)
    return fail(ErrorCode::kFull, "one file key seals at most 2^38 chunks");
  if (plain.size() > format::kChunkSize)
    return fail(ErrorCode::kMalformed, "a chunk has at most 16,384 plain bytes");
  return state_->key->seal(nonce_of_chunk(state_->base_nonce, number), plain, sealed);
}

}  // namespace kerros::crypto
