#include "crypto/secret.h"

#include <sodium.h>
#include <sys/resource.h>

#include <algorithm>
#include <limits>

#include "crypto/check.h"

namespace kerros::crypto {
namespace {

std::string lock_failure(std::size_t size) {
  rlimit limit{};
  getrlimit(RLIMIT_MEMLOCK, &limit);
  const std::string allowed = limit.rlim_cur == RLIM_INFINITY
                                  ? "unlimited"
                                  : std::to_string(limit.rlim_cur / 1024) + " KiB";
  return "cannot lock " + std::to_string(size) +
         " bytes of memory for secrets; RLIMIT_MEMLOCK is " + allowed +
         " (ulimit -l, LimitMEMLOCK=)";
}

}  // namespace

Result<SecretBytes> SecretBytes::make(std::size_t size) {
  if (size == 0) return SecretBytes();
  auto* data = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (data == nullptr) return fail(ErrorCode::kFull, lock_failure(size));
  SecretBytes bytes(data, size);
  // sodium_malloc goes on silently when its own mlock fails. Asked again here, the kernel counts
  // pages only once and tells the truth.
  if (sodium_mlock(data, size) != 0) return fail(ErrorCode::kFull, lock_failure(size));
  std::fill_n(data, size, std::uint8_t{0});
  return bytes;
}

Result<SecretBytes> SecretBytes::copy_of(ByteView bytes) {
  auto copy = make(bytes.size());
  if (copy) std::copy(bytes.begin(), bytes.end(), copy->data_);
  return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  SecretBytes old(std::move(other));
  std::swap(data_, old.data_);
  std::swap(size_, old.size_);
  return *this;
}

SecretBytes::~SecretBytes() { sodium_free(data_); }  // wipes; does nothing for nullptr

SecretPool::Slot::Slot(Slot&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, {})) {}

SecretPool::Slot& SecretPool::Slot::operator=(Slot&& other) noexcept {
  Slot old(std::move(other));
  std::swap(pool_, old.pool_);
  std::swap(bytes_, old.bytes_);
  return *this;
}

SecretPool::Slot::~Slot() {
  if (pool_ == nullptr) return;
  wipe(bytes_);
  pool_->put_back(bytes_);
}

SecretPool::SecretPool(SecretBytes slab, std::size_t slots, std::size_t slot_size)
    : slab_(std::move(slab)), slots_(slots), slot_size_(slot_size) {
  free_.reserve(slots);
  for (std::size_t i = slots; i-- > 0;) free_.push_back(slab_.reveal().data() + i * slot_size);
}

Result<std::unique_ptr<SecretPool>> SecretPool::make(std::size_t slots, std::size_t slot_size) {
  if (slots == 0 || slot_size == 0 || slots > std::numeric_limits<std::size_t>::max() / slot_size)
    return fail(ErrorCode::kMalformed, "a pool of secrets needs slots of some bytes");
  auto slab = SecretBytes::make(slots * slot_size);
  if (!slab) return tl::unexpected(slab.error());
  return std::unique_ptr<SecretPool>(new SecretPool(std::move(*slab), slots, slot_size));
}

SecretPool::~SecretPool() {
  KERROS_CHECK(free_.size() == slots_, "a slot outlives its pool of secrets");
}

Result<SecretPool::Slot> SecretPool::take() {
  const std::scoped_lock lock(mutex_);
  if (free_.empty()) {
    return fail(ErrorCode::kFull,
                "all " + std::to_string(slots_) + " slots for secrets of transfers are in use");
  }
  std::uint8_t* data = free_.back();
  free_.pop_back();
  return Slot(this, {data, slot_size_});
}

std::size_t SecretPool::in_use() const {
  const std::scoped_lock lock(mutex_);
  return slots_ - free_.size();
}

void SecretPool::put_back(MutableByteView bytes) {
  const std::scoped_lock lock(mutex_);
  free_.push_back(bytes.data());
}

void wipe(MutableByteView bytes) { sodium_memzero(bytes.data(), bytes.size()); }

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace kerros::crypto
