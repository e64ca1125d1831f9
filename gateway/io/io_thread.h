// One thread of the gateway: its io_context, its worker, its acceptor on the shared address.
//
// Going, it gives up its sockets first, then the coroutines still waiting in it, which refer to the
// worker, then the worker.
//
// Thread safety: made, started and ended by the main thread; what runs in it is its own.
// Lifetime: within what the workers share.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <memory>
#include <thread>

#include "gateway/io/worker.h"

namespace kerros::io {

struct IoThread {
  explicit IoThread(Shared& shared);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Takes connections from `bound` and does what is due every few seconds, once the thread runs.
  void take(net::ip::tcp::acceptor bound);
  void run() {
    thread = std::thread([this] { io.run(); });
  }
  void stop_accepting();  // from any thread
  void join();            // its loop was stopped

  std::unique_ptr<net::io_context> context;
  net::io_context& io;
  net::executor_work_guard<net::io_context::executor_type> work;
  Worker worker;
  net::ip::tcp::acceptor acceptor;
  std::thread thread;
};

}  // namespace kerros::io
