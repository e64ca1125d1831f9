// Bytes that must never be copied, printed, swapped out or left behind.
//
// SecretBytes sits on sodium_malloc (about 20 us, four pages): for keys that live as long as the
// process. Secrets of single transfers live in slots of a SecretPool made at start. `reveal()` is
// the one way to look at either, so that one grep lists every reader.
//
// Thread safety: a SecretBytes or Slot belongs to one owner; SecretPool::take may be called from
// any thread.
// Lifetime: a Slot must not outlive its pool. Contents are wiped when an owner lets go.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/result.h"

namespace kerros::crypto {

class SecretBytes {
 public:
  SecretBytes() = default;                            // empty
  static Result<SecretBytes> make(std::size_t size);  // zeroed; kFull when memory cannot be locked
  static Result<SecretBytes> copy_of(ByteView bytes);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::size_t size() const { return size_; }
  ByteView reveal() const { return {data_, size_}; }
  MutableByteView reveal() { return {data_, size_}; }

 private:
  SecretBytes(std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// One key, one purpose, one type: a Kek cannot be handed where a Dek is asked for.
template <typename Tag>
class Key {
 public:
  static constexpr std::size_t kSize = 32;

  static Result<Key> random();               // getrandom(2)
  static Result<Key> copy_of(ByteView raw);  // kMalformed unless 32 bytes

  ByteView reveal() const { return bytes_.reveal(); }

 private:
  explicit Key(SecretBytes bytes) : bytes_(std::move(bytes)) {}
  SecretBytes bytes_;
};

template <typename Tag>
Result<Key<Tag>> Key<Tag>::random() {
  auto bytes = SecretBytes::make(kSize);
  if (!bytes) return tl::unexpected(bytes.error());
  fill_random(bytes->reveal());
  return Key(std::move(*bytes));
}

template <typename Tag>
Result<Key<Tag>> Key<Tag>::copy_of(ByteView raw) {
  if (raw.size() != kSize) return fail(ErrorCode::kMalformed, "a key has 32 bytes");
  auto bytes = SecretBytes::copy_of(raw);
  if (!bytes) return tl::unexpected(bytes.error());
  return Key(std::move(*bytes));
}

// A locked slab cut into equal slots, for the secrets of live transfers.
class SecretPool {
 public:
  class Slot {
   public:
    Slot() = default;
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&& other) noexcept;
    ~Slot();  // wipes, then returns to the pool
    ByteView reveal() const { return bytes_; }
    MutableByteView reveal() { return bytes_; }

   private:
    friend class SecretPool;
    Slot(SecretPool* pool, MutableByteView bytes) : pool_(pool), bytes_(bytes) {}
    SecretPool* pool_ = nullptr;
    MutableByteView bytes_;
  };

  // `slots` secrets of `slot_size` bytes each; kFull with the RLIMIT_MEMLOCK in the detail when
  // they cannot be locked. Nothing is ever kept in unlocked memory instead.
  static Result<std::unique_ptr<SecretPool>> make(std::size_t slots, std::size_t slot_size);
  ~SecretPool();  // every slot must be back

  Result<Slot> take();  // kFull when every slot is in use
  std::size_t in_use() const;

 private:
  SecretPool(SecretBytes slab, std::size_t slots, std::size_t slot_size);
  void put_back(MutableByteView bytes);

  mutable std::mutex mutex_;
  SecretBytes slab_;
  std::size_t slots_;
  std::size_t slot_size_;
  std::vector<std::uint8_t*> free_;
};

void wipe(MutableByteView bytes);                  // the compiler cannot leave it out
bool equal_constant_time(ByteView a, ByteView b);  // false at once when the sizes differ

}  // namespace kerros::crypto
