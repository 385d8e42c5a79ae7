it('answers', () => {})
