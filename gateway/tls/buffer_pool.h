// The counted memory of all connections: large buffers while a bulk body flows, small ones else.
//
// A large buffer holds sixteen full TLS records, a small one a single record. Large buffers are
// refused once the limit is reached and the caller goes on with a small one: slower, never wrong.
// Small ones are counted but never refused, since a connection cannot live without one; how many
// connections there may be is the listener's limit. Every buffer is wiped when it comes back.
//
// Thread safety: take, in_use and the return of a buffer may happen on any thread.
// Lifetime: the pool must outlive its buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace kerros::tls {

class BufferPool {
 public:
  static constexpr std::size_t kSmall = 17 * 1024;   // one record of 16 KiB and what surrounds it
  static constexpr std::size_t kLarge = 264 * 1024;  // sixteen of them

  enum class Size { kSmall, kLarge };

  class Buffer {
   public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer();  // wipes, then returns to the pool

    explicit operator bool() const { return !bytes_.empty(); }
    bool is_large() const { return bytes_.size() == kLarge; }
    std::span<std::uint8_t> bytes() const { return bytes_; }

   private:
    friend class BufferPool;
    Buffer(BufferPool* pool, std::span<std::uint8_t> bytes) : pool_(pool), bytes_(bytes) {}
    BufferPool* pool_ = nullptr;
    std::span<std::uint8_t> bytes_;
  };

  explicit BufferPool(std::size_t limit) : limit_(limit) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();  // every buffer must be back

  Buffer take(Size size);  // empty when it is large and the limit would be passed
  std::size_t in_use() const;
  std::size_t limit() const { return limit_; }

 private:
  void put_back(std::span<std::uint8_t> bytes);

  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::size_t in_use_ = 0;
  std::vector<std::uint8_t*> idle_small_;
  std::vector<std::uint8_t*> idle_large_;
};

}  // namespace kerros::tls
