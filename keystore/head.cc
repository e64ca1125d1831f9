#include "keystore/head.h"

#include "keystore/wire.h"

namespace kerros::keystore {
namespace {

constexpr std::uint8_t kVersion = 1;  // On disk: never renumber.
constexpr std::string_view kKind = "store-head";
constexpr std::size_t kTail = 32;

}  // namespace

void Head::mix(const StoreKeys& keys, std::string_view db, ByteView key, ByteView value) {
  Encoder row;
  row.text(environment_);
  row.text(db);
  row.counted(key);
  row.counted(value.size() > kTail ? value.last(kTail) : value);
  const Sum element = crypto::mac(keys.set_hash.reveal(), row.view());
  for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] ^= element[i];
}

void Head::enter(const StoreKeys& keys, std::string_view db, ByteView key, ByteView value) {
  mix(keys, db, key, value);
  ++rows_;
}

void Head::leave(const StoreKeys& keys, std::string_view db, ByteView key, ByteView value) {
  mix(keys, db, key, value);
  --rows_;
}

Bytes Head::plain() const {
  Encoder out;
  out.number(sequence_);
  out.number(rows_);
  out.number(count_);
  out.fixed(sum_);
  return out.take();
}

StoreHead Head::published(const StoreKeys& keys, ByteView beside) const {
  Encoder out;
  out.text(kKind);
  out.text(environment_);
  out.counted(beside);
  out.fixed(plain());
  return {sequence_, crypto::mac(keys.set_hash.reveal(), out.view())};
}

Bytes Head::encode(const StoreKeys& keys) const {
  Encoder out;
  out.number(kVersion);
  out.fixed(crypto::seal_value(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                               sealed_context(kKind, as_bytes(environment_)), plain()));
  return out.take();
}

Status Head::decode(const StoreKeys& keys, ByteView stored) {
  Decoder in(stored);
  if (in.number<std::uint8_t>() != kVersion)
    return fail(ErrorCode::kNotAuthentic,
                "the head of " + environment_ + " is of no known version");
  auto opened =
      crypto::open_value(keys.metadata.reveal(), crypto::label(crypto::Purpose::kMetadata),
                         sealed_context(kKind, as_bytes(environment_)), in.rest());
  if (!opened)
    return fail(ErrorCode::kNotAuthentic, "the head of " + environment_ + " was changed");
  Decoder body(opened->reveal());
  sequence_ = body.number<std::uint64_t>();
  rows_ = body.number<std::uint64_t>();
  count_ = body.number<std::uint64_t>();
  body.fixed(sum_);
  if (!body.complete())
    return fail(ErrorCode::kNotAuthentic, "the head of " + environment_ + " is malformed");
  return {};
}

}  // namespace kerros::keystore
