#include "tools/passphrase_prompt.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/complaint.h"
#include "gateway/installation.h"

namespace kerros::tools {
namespace {

// The controlling terminal with echo off, as long as this lives.
class Terminal {
 public:
  Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet_ = ::tcsetattr(fd_, TCSAFLUSH, &quiet) == 0;
  }
  ~Terminal() {
    if (quiet_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
    if (fd_ >= 0) ::close(fd_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool usable() const { return quiet_; }
  int fd() const { return fd_; }
  void say(const std::string& text) const {
    const auto written = ::write(fd_, text.data(), text.size());
    static_cast<void>(written);  // a terminal that shows nothing can still be typed at
  }

 private:
  int fd_;
  termios before_{};
  bool quiet_ = false;
};

}  // namespace

bool can_prompt() {
  const int fd = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return false;
  ::close(fd);
  return ::isatty(STDIN_FILENO) == 1;
}

Result<crypto::SecretBytes> prompt_passphrase(const std::string& prompt) {
  const Terminal terminal;
  if (!terminal.usable())
    return complain(ErrorCode::kUnavailable, "cannot ask for the passphrase",
                    "the terminal cannot be made silent",
                    "give it on a descriptor: --passphrase-fd 3 3< FILE");
  terminal.say(prompt);
  auto text = read_passphrase(terminal.fd());
  terminal.say("\n");
  return text;
}

Result<crypto::SecretBytes> prompt_new_passphrase() {
  auto first = prompt_passphrase("New passphrase: ");
  if (!first) return first;
  const auto second = prompt_passphrase("The same again: ");
  if (!second) return tl::unexpected(second.error());
  if (!crypto::equal_constant_time(first->reveal(), second->reveal()))
    return complain(ErrorCode::kMalformed, "the two passphrases differ", "one was mistyped",
                    "run the command again");
  return first;
}

}  // namespace kerros::tools
