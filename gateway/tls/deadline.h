// One deadline for whatever a connection waits for, kept by one timer that is seldom touched.
//
// Setting the deadline only stores a time. The timer is armed when something really waits, and
// when it fires too early for a deadline that has moved on, it is armed again. When the deadline
// passes while something waits, the socket is closed, which ends the wait.
//
// Thread safety: belongs to its socket's executor.
// Lifetime: the socket must outlive it; a timer still under way does not touch either.
#pragma once

#include <chrono>
#include <memory>

#include "gateway/io/asio.h"

namespace kerros::tls {

class Deadline {
 public:
  explicit Deadline(net::ip::tcp::socket& socket);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  void expires_after(std::chrono::steady_clock::duration duration);
  void expires_never();

  bool begin_wait();  // false when the deadline has already passed: the socket is closed
  void end_wait();
  bool expired() const;

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct State;

  void set(Time due);

  std::shared_ptr<State> state_;
};

}  // namespace kerros::tls
