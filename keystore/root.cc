#include "keystore/root.h"

#include "crypto/hkdf.h"
#include "crypto/random.h"
#include "keystore/wire.h"

namespace kerros::keystore {
namespace {

constexpr std::uint8_t kVersion = 1;  // On disk: never renumber.
constexpr std::string_view kLabel = "kerros/1/root-seal";
constexpr std::size_t kHashSize = 32;
// Above this a row is not ours: no installation waits minutes or gives half its memory for a start.
constexpr std::uint64_t kMostOperations = 64;
constexpr std::uint64_t kMostMemory = std::uint64_t{4} << 30;

RootMethod method_of(const UnsealWith& with) {
  return std::holds_alternative<KeyFile>(with) ? RootMethod::kKeyFile : RootMethod::kPassphrase;
}

// Everything of a row but what it seals: the associated data of the seal.
Bytes open_part(const RootRow& row) {
  Encoder out;
  out.number(kVersion);
  out.number(static_cast<std::uint8_t>(row.method));
  out.fixed(row.salt);
  out.number(row.cost.operations);
  out.number(row.cost.memory_bytes);
  return out.take();
}

Bytes context(const RootRow& row) {
  Encoder out;
  out.fixed(row.id);
  out.fixed(open_part(row));
  return out.take();
}

Result<crypto::SecretBytes> sealing_key(const RootRow& row, const UnsealWith& with,
                                        const std::string& store_directory) {
  if (const auto* file = std::get_if<KeyFile>(&with))
    return read_key_file(file->path, store_directory);
  return crypto::stretch_passphrase(std::get<Passphrase>(with).text, row.salt, row.cost);
}

}  // namespace

Bytes encode_root_row(const RootRow& row) {
  Encoder out;
  out.fixed(open_part(row));
  out.fixed(row.sealed);
  const auto hash = crypto::sha256(out.view());
  out.fixed(hash);
  return out.take();
}

Result<RootRow> decode_root_row(const Id& id, ByteView stored) {
  const auto damaged = [] {
    return fail(ErrorCode::kNotAuthentic, "the store is damaged: the row that holds its root");
  };
  if (stored.size() < kHashSize) return damaged();
  const ByteView body = stored.first(stored.size() - kHashSize);
  if (!crypto::equal_constant_time(crypto::sha256(body), stored.last(kHashSize))) return damaged();
  Decoder in(body);
  RootRow row;
  row.id = id;
  if (in.number<std::uint8_t>() != kVersion)
    return fail(ErrorCode::kUnknownVersion, "the root is sealed in a way this build does not know");
  row.method = static_cast<RootMethod>(in.number<std::uint8_t>());
  in.fixed(row.salt);
  row.cost.operations = in.number<std::uint64_t>();
  row.cost.memory_bytes = in.number<std::uint64_t>();
  const ByteView sealed = in.rest();
  row.sealed.assign(sealed.begin(), sealed.end());
  if (in.failed() || row.cost.operations > kMostOperations || row.cost.memory_bytes > kMostMemory)
    return damaged();
  return row;
}

Result<RootRow> seal_root(const crypto::RootKey& root, const UnsealWith& with,
                          const std::string& store_directory) {
  RootRow row;
  crypto::fill_random(row.id);
  row.method = method_of(with);
  if (const auto* passphrase = std::get_if<Passphrase>(&with)) {
    crypto::fill_random(row.salt);
    row.cost = passphrase->cost;
  }
  auto key = sealing_key(row, with, store_directory);
  if (!key) return tl::unexpected(key.error());
  row.sealed = crypto::seal_value(key->reveal(), kLabel, context(row), root.reveal());
  return row;
}

Result<crypto::RootKey> open_root(std::span<const RootRow> rows, const UnsealWith& with,
                                  const std::string& store_directory) {
  for (const RootRow& row : rows) {
    if (row.method != method_of(with)) continue;
    auto key = sealing_key(row, with, store_directory);
    if (!key) return tl::unexpected(key.error());
    auto opened = crypto::open_value(key->reveal(), kLabel, context(row), row.sealed);
    if (opened) return crypto::RootKey::copy_of(std::as_const(*opened).reveal());
  }
  return fail(ErrorCode::kNotAuthentic, "this key file or passphrase does not open the store");
}

}  // namespace kerros::keystore
