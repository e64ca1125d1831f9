#include "keystore/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "keystore/fd.h"

namespace kerros::keystore {
namespace {

using Clock = std::chrono::steady_clock;

// First byte of the answer: 0, or one more than the error code.
[[noreturn]] void answer(int fd, const std::function<Result<Bytes>()>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};  // it would hold the root key
  ::setrlimit(RLIMIT_CORE, &no_core);
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT})
    ::signal(signal, SIG_DFL);
  const Result<Bytes> result = work();
  Bytes out(1);
  if (result) {
    out.insert(out.end(), result->begin(), result->end());
  } else {
    out[0] = static_cast<std::uint8_t>(1 + static_cast<int>(result.error().code));
    const ByteView text = as_bytes(result.error().detail);
    out.insert(out.end(), text.begin(), text.end());
  }
  ::_exit(write_all(fd, out) ? 0 : 1);
}

// Everything until the pipe closes; false when `deadline` comes first.
bool read_answer(int fd, Clock::time_point deadline, Bytes& out) {
  std::array<std::uint8_t, 65536> buffer;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd wait{fd, POLLIN, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    out.insert(out.end(), buffer.begin(), buffer.begin() + got);
  }
}

}  // namespace

Result<Bytes> run_in_child(std::string_view what, std::chrono::seconds limit,
                           const std::function<Result<Bytes>()>& work) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(ErrorCode::kUnavailable, "cannot make a pipe: " + errno_text());
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return fail(ErrorCode::kUnavailable, "cannot start a child: " + errno_text());
  if (child == 0) answer(writing.get(), work);
  writing.reset();

  Bytes out;
  const bool in_time = read_answer(reading.get(), Clock::now() + limit, out);
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const std::string name(what);
  if (!in_time) return fail(ErrorCode::kNotAuthentic, name + ": its check came to no end");
  if (WIFSIGNALED(status))
    return fail(ErrorCode::kNotAuthentic,
                name + ": its check ended with signal " + std::to_string(WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0 || out.empty())
    return fail(ErrorCode::kUnavailable, name + ": its check gave no answer");
  const std::uint8_t code = out.front();
  out.erase(out.begin());
  if (code == 0) return out;
  return fail(static_cast<ErrorCode>(code - 1), std::string(as_text(out)));
}

}  // namespace kerros::keystore
