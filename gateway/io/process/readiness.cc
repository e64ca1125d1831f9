#include "gateway/io/process/readiness.h"

#include <optional>

#include "crypto/opener.h"
#include "crypto/sealer.h"
#include "gateway/io/asio.h"
#include "gateway/io/upstream/upstream.h"

namespace kerros::io {

Status check_ready(Installation& installation, const Config& config) {
  if (auto ok = installation.log->health(); !ok) return ok;
  if (auto ok = installation.store->check_writable(); !ok) return ok;
  std::optional<crypto::Sealer> sealer;
  auto made = installation.store->make_key(
      {installation.unit, config.sealing.suite, now_ms()},
      [&](const crypto::Header& header, const crypto::Salt& salt,
          ByteView dek) -> Result<crypto::Commitment> {
        auto fresh = crypto::Sealer::make(*installation.backend, header, salt, dek);
        if (!fresh) return tl::unexpected(fresh.error());
        sealer.emplace(*std::move(fresh));
        return sealer->commitment();
      });
  if (!made) return tl::unexpected(made.error());
  std::array<std::uint8_t, 32> chunk{};
  if (auto ok = sealer->seal_chunk(0, ByteView(chunk).first(16), chunk); !ok) return ok;
  const auto dek = installation.store->unlock(made->sealed);
  if (!dek) return tl::unexpected(dek.error());
  const auto prefix = crypto::decode_prefix(sealer->prefix());
  if (!prefix) return tl::unexpected(prefix.error());
  auto opener = crypto::Opener::make(*installation.backend, *prefix, std::as_const(*dek).reveal());
  if (!opener) return tl::unexpected(opener.error());
  std::array<std::uint8_t, 16> plain{};
  return opener->open_chunk(0, crypto::Last::kYes, chunk, plain);
}

}  // namespace kerros::io
