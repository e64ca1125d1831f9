// Runs `kerros` as a user does: through a shell, in a directory of its own.
#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace kerros::testing_tools {

inline std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Ran {
  int code = -1;
  std::string out;
  std::string err;
};

// `command` sees the program as `kerros`, the tests' scripts by name and `directory` as its own;
// stdin is empty.
inline Ran run_in(const std::string& directory, const std::string& command) {
  const std::string line = "cd '" + directory +
                           "' && PATH=" KERROS_BIN_DIR ":" KERROS_SOURCE_DIR
                           "/tests/support:$PATH && { " +
                           command + "; } >.out 2>.err </dev/null";
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(directory + "/.out"),
          content_of(directory + "/.err")};
}

}  // namespace kerros::testing_tools
