#include "gateway/tls/buffer_pool.h"

#include <string.h>
#include <sys/mman.h>

#include <new>
#include <utility>

namespace kerros::tls {
namespace {

// How much stays ready for the next taker; the rest goes back to the system, so that a busy hour
// does not set the size of the process for the days after.
constexpr std::size_t kIdleSmall = 256;
constexpr std::size_t kIdleLarge = 16;

// Mapped, not allocated: malloc raises its threshold after the first free and would then keep
// large buffers inside its heap, from where they return to the system only by luck.
std::uint8_t* map(std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::uint8_t*>(memory);
}

std::uint8_t* allocate(std::size_t size) {
  return size == BufferPool::kLarge ? map(size) : new std::uint8_t[size];
}

void release(std::uint8_t* memory, std::size_t size) {
  if (size == BufferPool::kLarge)
    ::munmap(memory, size);
  else
    delete[] memory;
}

}  // namespace

BufferPool::Buffer::Buffer(Buffer&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, {})) {}

BufferPool::Buffer& BufferPool::Buffer::operator=(Buffer&& other) noexcept {
  std::swap(pool_, other.pool_);
  std::swap(bytes_, other.bytes_);
  Buffer gone(std::move(other));
  return *this;
}

BufferPool::Buffer::~Buffer() {
  if (pool_ != nullptr) pool_->put_back(bytes_);
}

BufferPool::~BufferPool() {
  for (auto* memory : idle_small_) release(memory, kSmall);
  for (auto* memory : idle_large_) release(memory, kLarge);
}

BufferPool::Buffer BufferPool::take(Size size) {
  const bool large = size == Size::kLarge;
  const std::size_t bytes = large ? kLarge : kSmall;
  std::uint8_t* memory = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    if (large && in_use_ + bytes > limit_) return {};
    in_use_ += bytes;
    auto& idle = large ? idle_large_ : idle_small_;
    if (!idle.empty()) {
      memory = idle.back();
      idle.pop_back();
    }
  }
  try {
    if (memory == nullptr) memory = allocate(bytes);
  } catch (...) {
    const std::scoped_lock lock(mutex_);
    in_use_ -= bytes;
    throw;
  }
  return {this, {memory, bytes}};
}

std::size_t BufferPool::in_use() const {
  const std::scoped_lock lock(mutex_);
  return in_use_;
}

void BufferPool::put_back(std::span<std::uint8_t> bytes) {
  ::explicit_bzero(bytes.data(), bytes.size());
  const bool large = bytes.size() == kLarge;
  {
    const std::scoped_lock lock(mutex_);
    in_use_ -= bytes.size();
    auto& idle = large ? idle_large_ : idle_small_;
    if (idle.size() < (large ? kIdleLarge : kIdleSmall)) {
      idle.push_back(bytes.data());
      return;
    }
  }
  release(bytes.data(), bytes.size());
}

}  // namespace kerros::tls
