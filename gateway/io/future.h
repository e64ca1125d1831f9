// A result that another thread will bring: started now, awaited later.
//
// The keystore and the audit log complete on their own threads; a Future brings the result back to
// the coroutine's executor. Starting and awaiting are apart, so that a durable commit overlaps the
// transfer it belongs to.
//
// Thread safety: started and awaited on one executor; `done` may be called from any thread, once.
// Lifetime: outlives neither its executor nor what the starter refers to.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "gateway/io/asio.h"

namespace kerros::io {

template <typename T>
class Future {
 public:
  template <typename Start>  // void(std::function<void(T)> done)
  Future(const net::any_io_executor& executor, Start start) : state_(std::make_shared<State>()) {
    start([state = state_, executor](T value) {
      net::post(executor, [state, value = std::move(value)]() mutable {
        state->value = std::move(value);
        if (auto waiter = std::exchange(state->waiter, nullptr)) waiter();
      });
    });
  }

  bool ready() const { return state_->value.has_value(); }

  net::awaitable<T> get() {
    auto state = state_;
    if (!state->value) {
      co_await net::async_initiate<const net::use_awaitable_t<>, void()>(
          [state](auto handler) {
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            state->waiter = [shared] { std::move (*shared)(); };
          },
          net::use_awaitable);
    }
    co_return *state->value;
  }

 private:
  struct State {
    std::optional<T> value;
    std::function<void()> waiter;
  };
  std::shared_ptr<State> state_;
};

}  // namespace kerros::io
