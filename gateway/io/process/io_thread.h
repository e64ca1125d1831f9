// One thread of the gateway: its io_context, its worker, its acceptor on the shared address.
//
// Going, it gives up its sockets first, then the coroutines still waiting in it, which refer to the
// worker, then the worker.
//
// Thread safety: made, started and ended by the main thread; what runs in it is its own.
// Lifetime: within what the workers share.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <thread>

#include "gateway/io/doors/bounds.h"
#include "gateway/io/worker/worker.h"

namespace kerros::io {

enum class Door : std::uint8_t { kGraph, kProxy, kRedirect };

struct IoThread {
  IoThread(Shared& shared, DoorBounds& for_doors);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Takes connections from `bound`, once the thread runs.
  void take(Door door, net::ip::tcp::acceptor bound);
  // And does what is due every few seconds.
  void run();
  void stop_accepting();  // from any thread
  void join();            // its loop was stopped

  std::unique_ptr<net::io_context> context;
  net::io_context& io;
  net::executor_work_guard<net::io_context::executor_type> work;
  Worker worker;
  DoorBounds& bounds;
  std::list<net::ip::tcp::acceptor> acceptors;  // in place: each has a loop that refers to it
  std::thread thread;
};

}  // namespace kerros::io
