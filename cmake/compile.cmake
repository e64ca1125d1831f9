# How every target of ours is compiled: warnings, sanitizers, hardening.

add_library(kerros_warnings INTERFACE)
target_compile_options(kerros_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Werror)

# Includes are written from the root and run downwards: #include "crypto/sealer.h".
add_library(kerros_root INTERFACE)
target_include_directories(kerros_root INTERFACE ${PROJECT_SOURCE_DIR})

# A precompiled header that names no time is the same file whenever it is made, so ccache knows what
# was compiled with it (its half of the bargain is CCACHE_SLOPPINESS in CMakePresets.json).
if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
endif()

if(KERROS_SANITIZE)
  add_compile_options(-fsanitize=${KERROS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${KERROS_SANITIZE})
endif()
if(KERROS_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Boost 1.74 asks a macro, not the compiler, whether coroutines exist (clang 19 has them).
add_library(kerros_asio INTERFACE)
target_compile_definitions(kerros_asio INTERFACE
    BOOST_ASIO_HAS_CO_AWAIT=1 BOOST_ASIO_HAS_STD_COROUTINE=1 BOOST_ASIO_NO_DEPRECATED=1
    BOOST_ASIO_SEPARATE_COMPILATION=1 BOOST_BEAST_SEPARATE_COMPILATION=1)
target_link_libraries(kerros_asio INTERFACE Boost::system OpenSSL::SSL OpenSSL::Crypto
                                            Threads::Threads)

# kerros_library(name SOURCES... ) makes the target kerros_<name> and its alias kerros::<name>.
function(kerros_library name)
  add_library(kerros_${name} STATIC ${ARGN})
  add_library(kerros::${name} ALIAS kerros_${name})
  target_link_libraries(kerros_${name} PUBLIC kerros_root tl::expected PRIVATE kerros_warnings)
endfunction()
