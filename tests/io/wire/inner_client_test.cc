#include "gateway/io/wire/inner_client.h"

#include <gtest/gtest.h>

#include <exception>

namespace kerros::io {
namespace {

// What is awaited here never waits, so that one run of an executor completes it.
template <typename Work>
void run(Work work) {
  net::io_context executor;
  std::exception_ptr failed;
  net::co_spawn(executor, work, [&](std::exception_ptr error) { failed = error; });
  executor.run();
  if (failed) std::rethrow_exception(failed);
}

net::awaitable<void> read_all(InnerClient& client, std::size_t window, std::string& into) {
  Bytes space(window);
  while (const std::size_t got = co_await client.read_body(space))
    into.append(as_text(ByteView(space).first(got)));
}

net::awaitable<void> answer(InnerClient& client, const graph::ResponseHead& head,
                            std::vector<std::string> pieces) {
  co_await client.write_head(head, "");
  for (const std::string& piece : pieces) co_await client.write_more(as_bytes(piece));
  co_await client.flush();
}

TEST(InnerClient, GivesItsBodyByWindows) {
  const std::string body = "a body of some length";
  std::size_t room = 0;
  InnerClient client("192.0.2.1:4", as_bytes(body), room);
  EXPECT_EQ(client.framing().length, body.size());
  std::string seen;
  run([&] { return read_all(client, 4, seen); });
  EXPECT_EQ(seen, body);
  EXPECT_TRUE(client.body_finished());
  EXPECT_EQ(client.body_read(), body.size());
}

TEST(InnerClient, KeepsTheAnswerWithoutItsFraming) {
  std::size_t room = 100;
  InnerClient client("", {}, room);
  EXPECT_FALSE(client.whole());
  graph::ResponseHead head{200, {}};
  head.fields.add("Transfer-Encoding", "chunked");
  run([&] {
    return answer(client, head, {"5\r\n", "hello", "\r\n", "6\r\n", " there", "\r\n", "0\r\n\r\n"});
  });
  EXPECT_TRUE(client.whole());
  EXPECT_EQ(client.head().status, 200U);
  EXPECT_EQ(client.take_body(), "hello there");
  EXPECT_EQ(room, 89U);
}

TEST(InnerClient, IsCutOffWhereTheRoomOfTheBatchEnds) {
  std::size_t room = 7;
  InnerClient client("", {}, room);
  const graph::ResponseHead head{200, {}};
  EXPECT_THROW(run([&] { return answer(client, head, {"hello", " there"}); }),
               boost::system::system_error);
  EXPECT_FALSE(client.whole());
  EXPECT_TRUE(client.ran_out_of_room());
  EXPECT_EQ(room, 2U);
}

TEST(InnerClient, IsNotWholeOnceAborted) {
  std::size_t room = 100;
  InnerClient client("", {}, room);
  const graph::ResponseHead head{200, {}};
  run([&] { return answer(client, head, {"half"}); });
  client.abort();
  EXPECT_FALSE(client.whole());
  EXPECT_FALSE(client.ran_out_of_room());
}

}  // namespace
}  // namespace kerros::io
