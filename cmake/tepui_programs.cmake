# What this project's own programs and tests are compiled with. Nothing here reaches a program that uses the library.

add_library(tepui_own_flags INTERFACE)
target_compile_options(tepui_own_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 says these, falsely, of code inside Eigen and its own vector headers, where -isystem does not silence it.
  target_compile_options(tepui_own_flags INTERFACE
    -Wno-aggressive-loop-optimizations -Wno-maybe-uninitialized -Wno-uninitialized -Wno-array-bounds -Wno-free-nonheap-object -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(TEPUI_NATIVE)
  target_compile_options(tepui_own_flags INTERFACE -march=native)
endif()
if(TEPUI_SANITIZE)
  target_compile_options(tepui_own_flags INTERFACE -fsanitize=${TEPUI_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tepui_own_flags INTERFACE -fsanitize=${TEPUI_SANITIZE})
  if(TEPUI_SANITIZE MATCHES "address" AND TEPUI_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # The address sanitizer stops at reads and writes through these, too; asking twice takes a sixth of the time that a test compiles. What
    # is given up: references to nothing, and calls on nothing, that touch no memory.
    target_compile_options(tepui_own_flags INTERFACE -fno-sanitize=null,object-size)
  endif()
endif()

find_program(TEPUI_CCACHE ccache)
if(TEPUI_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${TEPUI_CCACHE})
endif()
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
