#include "page_flips.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace kerros::keystore {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

// Small, but with every kind of page: versions and pending records, a name longer than a page,
// enough records for branch pages, freed pages.
FlippedPages::FlippedPages() {
  open();
  for (int i = 0; i < 4; ++i) put_and_bind("01A");
  for (int i = 0; i < 8; ++i) put_and_bind("01B" + std::to_string(i));
  Binding long_path = binding("01C");
  long_path.path = std::string(5000, 'p');
  const ItemRecord record = new_record();
  EXPECT_THAT(put(record), Succeeds());
  EXPECT_THAT(bind(record.sealed.key, long_path), Succeeds());
  EXPECT_THAT(put(new_record()), Succeeds());
  close();
  keys_ = read_file(data("keys"));
  items_ = read_file(data("items"));
  untouched_ = probe();
  EXPECT_EQ(untouched_.code, 0) << untouched_.text;
  EXPECT_EQ(std::count(untouched_.text.begin(), untouched_.text.end(), '\n'), 14);
}

void FlippedPages::restore() const {
  write_file(data("keys"), keys_);
  write_file(data("items"), items_);
}

FlippedPages::Answer FlippedPages::probe() const {
  const std::string program = KERROS_BIN_DIR "/kerros_store_probe";
  const std::string sessions = dir_ / "probe-sessions";
  const std::string output = dir_ / "probe-output";
  std::string arguments[] = {program, store_path_, key_file_, sessions};
  char* argv[] = {arguments[0].data(), arguments[1].data(), arguments[2].data(),
                  arguments[3].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int spawned = posix_spawn(&child, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (spawned != 0) return {-1, "cannot start " + program};
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), read_file(output)};
}

void FlippedPages::flip(const std::string& file,
                        const std::function<bool(std::size_t offset)>& chosen) {
  const std::string& original = file == "keys" ? keys_ : items_;
  for (std::size_t offset = 0; offset < original.size(); ++offset) {
    if (!chosen(offset)) continue;
    restore();
    std::string changed = original;
    changed[offset] = static_cast<char>(changed[offset] ^ (1 << offset % 8));
    write_file(data(file), changed);
    const Answer answer = probe();
    if (answer.code == 0) {
      ++opened_;
      ASSERT_EQ(answer.text, untouched_.text) << file << " byte " << offset;
    } else {
      ++refused_;
      ASSERT_EQ(answer.code, 3) << file << " byte " << offset << ": " << answer.text;
      ASSERT_THAT(answer.text, testing::HasSubstr("refused: not-authentic")) << offset;
    }
  }
}

}  // namespace kerros::keystore
