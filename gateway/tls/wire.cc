#include "gateway/tls/wire.h"

#include <openssl/bio.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace kerros::tls {
namespace {

Wire& wire_of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

int bio_read(BIO* bio, char* into, std::size_t size, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  Wire& wire = wire_of(bio);
  *done = wire.read({reinterpret_cast<std::uint8_t*>(into), size});
  if (*done > 0) return 1;
  if (!wire.has_ended()) BIO_set_retry_read(bio);
  return 0;
}

int bio_write(BIO* bio, const char* from, std::size_t size, std::size_t* done) {
  BIO_clear_retry_flags(bio);
  *done = wire_of(bio).write({reinterpret_cast<const std::uint8_t*>(from), size});
  if (*done > 0) return 1;
  BIO_set_retry_write(bio);
  return 0;
}

long bio_ctrl(BIO* bio, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_EOF:  // asked by OpenSSL to tell a cut connection from one that has to wait
      return wire_of(bio).has_ended() && wire_of(bio).in_pending() == 0 ? 1 : 0;
    default:
      return 0;
  }
}

const BIO_METHOD* make_method() {
  BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "kerros wire");
  if (made == nullptr) throw std::bad_alloc();
  BIO_meth_set_read_ex(made, bio_read);
  BIO_meth_set_write_ex(made, bio_write);
  BIO_meth_set_ctrl(made, bio_ctrl);
  return made;
}

}  // namespace

bio_st* make_bio(Wire& wire) {
  static const BIO_METHOD* method = make_method();  // lives as long as the process
  BIO* bio = BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &wire);
  BIO_set_init(bio, 1);
  return bio;
}

void Wire::bulk(bool on) {
  bulk_ = on;
  in_rest();
  if (out_begin_ == out_end_) out_ = {};
}

void Wire::fit(BufferPool::Buffer& buffer) {
  if (bulk_ && !buffer.is_large()) {
    if (auto large = pool_.take(BufferPool::Size::kLarge)) buffer = std::move(large);
  } else if (!bulk_ && buffer.is_large()) {
    buffer = {};
  }
  if (!buffer) buffer = pool_.take(BufferPool::Size::kSmall);
}

std::span<std::uint8_t> Wire::in_room() {
  in_begin_ = in_end_ = 0;
  fit(in_);
  return in_.bytes();
}

void Wire::in_rest() {
  if (in_pending() == 0 && !(bulk_ && in_.is_large())) in_ = {};
}

std::size_t Wire::out_room() {
  if (out_begin_ == out_end_) fit(out_);
  return out_.bytes().size() - out_end_;
}

std::span<const std::uint8_t> Wire::out_pending() const {
  if (!out_) return {};
  return out_.bytes().subspan(out_begin_, out_end_ - out_begin_);
}

void Wire::out_sent(std::size_t bytes) {
  out_begin_ += bytes;
  if (out_begin_ < out_end_) return;
  out_begin_ = out_end_ = 0;
  if (!(bulk_ && out_.is_large())) out_ = {};
}

std::size_t Wire::read(std::span<std::uint8_t> into) {
  const std::size_t bytes = std::min(into.size(), in_pending());
  if (bytes > 0) std::memcpy(into.data(), in_.bytes().data() + in_begin_, bytes);
  in_begin_ += bytes;
  return bytes;
}

std::size_t Wire::write(std::span<const std::uint8_t> from) {
  const std::size_t bytes = std::min(from.size(), out_room());
  if (bytes > 0) std::memcpy(out_.bytes().data() + out_end_, from.data(), bytes);
  out_end_ += bytes;
  return bytes;
}

}  // namespace kerros::tls
