// The two sides of the wire as OpenSSL sees them: bytes that have come, bytes that shall go.
//
// OpenSSL reads records out of one large receive buffer and gathers records into one send buffer,
// so that a system call moves many records. OpenSSL takes every byte that came, also of a record
// not yet whole, before it asks for more; the receive buffer is therefore empty whenever more is
// wanted, and nothing is ever moved inside it.
//
// Thread safety: belongs to one connection.
// Lifetime: a BIO made for a Wire must not outlive it; neither may outlive the pool.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "gateway/tls/buffer_pool.h"

struct bio_st;

namespace kerros::tls {

class Wire {
 public:
  explicit Wire(BufferPool& pool) : pool_(pool) {}

  // Large buffers from the next empty moment of each direction on, or small ones again.
  void bulk(bool on);
  bool is_bulk() const { return bulk_; }

  // Receiving. `in_room` is asked for only while `in_pending` is 0.
  std::span<std::uint8_t> in_room();
  void in_filled(std::size_t bytes) { in_end_ = bytes; }
  void in_drop() { in_begin_ = in_end_ = 0; }
  void in_ended() { ended_ = true; }  // the peer's FIN
  bool has_ended() const { return ended_; }
  std::size_t in_pending() const { return in_end_ - in_begin_; }
  void in_rest();  // nothing to read for a while: an empty buffer goes back to the pool

  // Sending.
  std::size_t out_room();
  std::span<const std::uint8_t> out_pending() const;
  void out_sent(std::size_t bytes);

  // For the BIO.
  std::size_t read(std::span<std::uint8_t> into);
  std::size_t write(std::span<const std::uint8_t> from);

 private:
  void fit(BufferPool::Buffer& buffer);  // `buffer` must be empty of bytes

  BufferPool& pool_;
  bool bulk_ = false;
  bool ended_ = false;
  BufferPool::Buffer in_;
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  BufferPool::Buffer out_;
  std::size_t out_begin_ = 0;
  std::size_t out_end_ = 0;
};

bio_st* make_bio(Wire& wire);  // one BIO for both directions; throws std::bad_alloc

}  // namespace kerros::tls
