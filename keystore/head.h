// The authenticated head of an environment: how many rows there are and which.
//
// Each row enters and leaves the sum by XOR of a keyed hash of (database, key, end of its value).
// The sum itself is never shown nor stored in the clear: whoever saw many sums could solve for a
// set of genuine old rows with today's sum. Outside goes only a keyed hash over the whole head. A
// row's value must end in something that stands for all of it (MAC, hash) or be short.
//
// Thread safety: plain values.
#pragma once

#include <array>

#include "keystore/records.h"
#include "keystore/store_keys.h"

namespace kerros::keystore {

class Head {
 public:
  // `environment` ("keys", "items") keeps the heads of two environments apart.
  explicit Head(std::string environment) : environment_(std::move(environment)) {}

  void enter(const StoreKeys& keys, std::string_view db, ByteView key, ByteView value);
  void leave(const StoreKeys& keys, std::string_view db, ByteView key, ByteView value);
  void advance() { ++sequence_; }
  void set_count(std::uint64_t count) { count_ = count; }

  std::uint64_t sequence() const { return sequence_; }
  std::uint64_t count() const { return count_; }  // what the owner counts: item records
  // `beside`: the hash of another head that this one vouches for.
  StoreHead published(const StoreKeys& keys, ByteView beside = {}) const;

  Bytes encode(const StoreKeys& keys) const;
  Status decode(const StoreKeys& keys, ByteView stored);  // kNotAuthentic
  bool same_rows(const Head& other) const { return rows_ == other.rows_ && sum_ == other.sum_; }

 private:
  using Sum = std::array<std::uint8_t, 32>;
  void mix(const StoreKeys& keys, std::string_view db, ByteView key, ByteView value);
  Bytes plain() const;
  std::string environment_;
  std::uint64_t sequence_ = 0;
  std::uint64_t rows_ = 0;
  std::uint64_t count_ = 0;
  Sum sum_{};
};

inline constexpr std::string_view kHeadDb = "head";
inline constexpr std::string_view kHeadKey = "head";

}  // namespace kerros::keystore
